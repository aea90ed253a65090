package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mrkdwn reads Slack's markup the way Slack's servers and clients do
// ("Formatting message text"), and reports what it turned active. It errs on
// the side of reporting: where the documentation leaves open whether text would
// ping, it pings here.
type mrkdwn struct {
	*renderer
	// mentions turns bare @here, @channel, @everyone and #channel active;
	// addresses bare http addresses. Both are on unless a text object is
	// verbatim.
	mentions, addresses bool
}

var (
	entity    = regexp.MustCompile(`^&(amp|lt|gt);`)
	broadcast = regexp.MustCompile(`^(?i)@(here|channel|everyone)\b`)
	hashName  = regexp.MustCompile(`^#([\p{Ll}\p{N}_-]+)`)
	address   = regexp.MustCompile(`^(https?://|mailto:)[^\s<>|]+`)
	emojiName = regexp.MustCompile(`:[a-z0-9_+'-]*[a-z+][a-z0-9_+'-]*:`)
)

// emojiIn returns the emoji codes that become pictures.
func emojiIn(text string) []string { return emojiName.FindAllString(text, -1) }

// read returns the text as shown.
func (p *mrkdwn) read(src string) string {
	p.out.Formats = append(p.out.Formats, emojiIn(src)...)
	return p.inline(src, true)
}

// inline reads a stretch of markup; fresh says that it begins a line.
func (p *mrkdwn) inline(src string, fresh bool) string {
	var b strings.Builder
	for i := 0; i < len(src); {
		lineStart := i == 0 && fresh || i > 0 && src[i-1] == '\n'
		if shown, n := p.step(src[i:], lineStart, boundary(src[:i])); n > 0 {
			b.WriteString(shown)
			i += n
			continue
		}
		_, size := utf8.DecodeRuneInString(src[i:])
		b.WriteString(src[i : i+size])
		i += size
	}
	return b.String()
}

// step reads one token at the start of rest; it takes nothing from plain text.
func (p *mrkdwn) step(rest string, lineStart, afterBoundary bool) (shown string, n int) {
	if lineStart && (rest[0] == '>' || strings.HasPrefix(rest, "&gt;")) {
		line, _, _ := strings.Cut(rest, "\n")
		p.format(line) // a quotation; Slack takes the escaped form as well
	}
	switch c := rest[0]; {
	case c == '`':
		return p.code(rest)
	case c == '<':
		return p.sequence(rest)
	case c == '&':
		e := entity.FindString(rest)
		return unescapeText.Replace(e), len(e)
	case strings.IndexByte("*_~", c) >= 0 && afterBoundary:
		return p.span(rest)
	case afterBoundary:
		return p.automatic(rest)
	}
	return "", 0
}

// boundary reports whether a mark may begin here: not inside a word.
func boundary(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// code reads `code` and ```code blocks```. Sequences in <…> stay active inside.
func (p *mrkdwn) code(rest string) (string, int) {
	mark := "`"
	if strings.HasPrefix(rest, "```") {
		mark = "```"
	}
	inner, _, closed := strings.Cut(rest[len(mark):], mark)
	if !closed || inner == "" || mark == "`" && strings.Contains(inner, "\n") {
		return "", 0
	}
	n := len(inner) + 2*len(mark)
	p.format(rest[:n])
	quiet := &mrkdwn{renderer: p.renderer}
	var b strings.Builder
	for i := 0; i < len(inner); {
		if c := inner[i]; c == '<' || c == '&' {
			if shown, n := quiet.step(inner[i:], false, false); n > 0 {
				b.WriteString(shown)
				i += n
				continue
			}
		}
		b.WriteByte(inner[i])
		i++
	}
	return strings.Trim(b.String(), "\n"), n
}

// span reads *bold*, _italic_ and ~strike~ within one line.
func (p *mrkdwn) span(rest string) (string, int) {
	mark := rest[0]
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		if rest[i] != mark || i == 1 {
			continue
		}
		after, size := utf8.DecodeRuneInString(rest[i+1:])
		open := rest[1] != ' ' && rest[i-1] != ' '
		if open && (size == 0 || !unicode.IsLetter(after) && !unicode.IsDigit(after)) {
			p.format(rest[:i+1])
			return p.inline(rest[1:i], false), i + 1
		}
	}
	return "", 0
}

// automatic reads what Slack turns active by itself.
func (p *mrkdwn) automatic(rest string) (string, int) {
	switch c := rest[0]; {
	case c == '@' && p.mentions:
		if m := broadcast.FindString(rest); m != "" {
			p.ping(strings.ToLower(m))
			return m, len(m)
		}
	case c == '#' && p.mentions:
		if m := hashName.FindStringSubmatch(rest); m != nil && p.channelNamed(m[1]) {
			p.link(m[0], "")
			return m[0], len(m[0])
		}
	case (c == 'h' || c == 'm') && p.addresses:
		if m := address.FindString(rest); m != "" {
			m = strings.TrimRight(m, ".,;:!?)'\"*_~`")
			p.link(m, unescapeText.Replace(m))
			return unescapeText.Replace(m), len(m)
		}
	}
	return "", 0
}

// sequence reads <@user>, <#channel>, <!special> and <address|label>.
func (p *mrkdwn) sequence(rest string) (string, int) {
	inner, _, closed := strings.Cut(rest[1:], ">")
	if !closed || inner == "" || strings.ContainsAny(inner, "<\n") {
		return "", 0
	}
	n := len(inner) + 2
	target, label, labelled := strings.Cut(inner, "|")
	switch inner[0] {
	case '@':
		who := p.user(target[1:])
		p.ping(who)
		return who, n
	case '#':
		shown := p.channel(target[1:])
		p.link(shown, "")
		return shown, n
	case '!':
		return p.special(target[1:], label), n
	}
	if !labelled {
		label = target
	}
	// A label may be formatted, but nothing in it becomes active by itself.
	shown := (&mrkdwn{renderer: p.renderer}).inline(label, false)
	p.link(shown, unescapeText.Replace(target))
	return shown, n
}

// special reads the sequences that begin with an exclamation mark.
func (p *mrkdwn) special(target, label string) string {
	switch kind, rest, _ := strings.Cut(target, "^"); kind {
	case "here", "channel", "everyone", "group":
		p.ping("@" + kind)
		return "@" + kind
	case "subteam":
		p.ping("@" + rest)
		return "@" + rest
	case "date":
		shown, link := p.when.sequence(rest, unescapeText.Replace(label))
		if link != "" {
			p.link(shown, link)
		}
		return shown
	}
	if label != "" {
		return label
	}
	return "<" + target + ">"
}
