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
func (p *mrkdwn) read(src string) []Span {
	p.out.Formats = append(p.out.Formats, emojiIn(src)...)
	return p.inline(src, true)
}

// inline reads a stretch of markup; fresh says that it begins a line.
func (p *mrkdwn) inline(src string, fresh bool) []Span {
	var all []Span
	from := 0
	for i := 0; i < len(src); {
		lineStart := i == 0 && fresh || i > 0 && src[i-1] == '\n'
		found, n := p.step(src[i:], lineStart, boundary(src[:i]))
		if n == 0 {
			_, size := utf8.DecodeRuneInString(src[i:])
			i += size
			continue
		}
		all = append(append(all, literal(src[from:i])...), found...)
		i += n
		from = i
	}
	return append(all, literal(src[from:])...)
}

// step reads one token at the start of rest; it takes nothing from plain text.
func (p *mrkdwn) step(rest string, lineStart, afterBoundary bool) (found []Span, n int) {
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
		return literal(unescapeText.Replace(e)), len(e)
	case strings.IndexByte("*_~", c) >= 0 && afterBoundary:
		return p.span(rest)
	case afterBoundary:
		return p.automatic(rest)
	}
	return nil, 0
}

// boundary reports whether a mark may begin here: not inside a word.
func boundary(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// code reads `code` and ```code blocks```. Sequences in <…> stay active inside.
func (p *mrkdwn) code(rest string) ([]Span, int) {
	mark := "`"
	if strings.HasPrefix(rest, "```") {
		mark = "```"
	}
	inner, _, closed := strings.Cut(rest[len(mark):], mark)
	if !closed || inner == "" || mark == "`" && strings.Contains(inner, "\n") {
		return nil, 0
	}
	n := len(inner) + 2*len(mark)
	p.format(rest[:n])
	all := (&mrkdwn{renderer: p.renderer}).quiet(strings.Trim(inner, "\n"))
	return each(all, func(s *Span) { s.Code, s.Fenced = true, len(mark) == 3 }), n
}

// quiet reads sequences and entities alone.
func (p *mrkdwn) quiet(src string) []Span {
	var all []Span
	from := 0
	for i := 0; i < len(src); {
		var found []Span
		n := 0
		if c := src[i]; c == '<' || c == '&' {
			found, n = p.step(src[i:], false, false)
		}
		if n == 0 {
			i++
			continue
		}
		all = append(append(all, literal(src[from:i])...), found...)
		i += n
		from = i
	}
	return append(all, literal(src[from:])...)
}

// span reads *bold*, _italic_ and ~strike~ within one line.
func (p *mrkdwn) span(rest string) ([]Span, int) {
	mark := rest[0]
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		if rest[i] != mark || i == 1 {
			continue
		}
		after, size := utf8.DecodeRuneInString(rest[i+1:])
		open := rest[1] != ' ' && rest[i-1] != ' '
		if open && (size == 0 || !unicode.IsLetter(after) && !unicode.IsDigit(after)) {
			p.format(rest[:i+1])
			return each(p.inline(rest[1:i], false), func(s *Span) { s.style(mark) }), i + 1
		}
	}
	return nil, 0
}

func (s *Span) style(mark byte) {
	switch mark {
	case '*':
		s.Bold = true
	case '_':
		s.Italic = true
	case '~':
		s.Strike = true
	}
}

// automatic reads what Slack turns active by itself.
func (p *mrkdwn) automatic(rest string) ([]Span, int) {
	switch c := rest[0]; {
	case c == '@' && p.mentions:
		if m := broadcast.FindString(rest); m != "" {
			p.ping(strings.ToLower(m))
			return []Span{{Kind: MentionSpan, Text: m}}, len(m)
		}
	case c == '#' && p.mentions:
		if m := hashName.FindStringSubmatch(rest); m != nil && p.channelNamed(m[1]) {
			p.link(m[0], "")
			return []Span{{Kind: ChannelSpan, Text: m[0]}}, len(m[0])
		}
	case (c == 'h' || c == 'm') && p.addresses:
		if m := address.FindString(rest); m != "" {
			m = strings.TrimRight(m, ".,;:!?)'\"*_~`")
			to := unescapeText.Replace(m)
			p.link(m, to)
			return []Span{{Kind: LinkSpan, Text: to, URL: to}}, len(m)
		}
	}
	return nil, 0
}

// sequence reads <@user>, <#channel>, <!special> and <address|label>.
func (p *mrkdwn) sequence(rest string) ([]Span, int) {
	inner, _, closed := strings.Cut(rest[1:], ">")
	if !closed || inner == "" || strings.ContainsAny(inner, "<\n") {
		return nil, 0
	}
	n := len(inner) + 2
	target, label, labelled := strings.Cut(inner, "|")
	switch inner[0] {
	case '@':
		who := p.user(target[1:])
		p.ping(who)
		return []Span{{Kind: MentionSpan, Text: who}}, n
	case '#':
		room := p.channel(target[1:])
		p.link(room, "")
		return []Span{{Kind: ChannelSpan, Text: room}}, n
	case '!':
		return p.special(target[1:], label), n
	}
	if !labelled {
		label = target
	}
	// A label may be formatted, but nothing in it becomes active by itself.
	to := unescapeText.Replace(target)
	all := (&mrkdwn{renderer: p.renderer}).inline(label, false)
	p.link(shown(all), to)
	return each(all, func(s *Span) { s.Kind, s.URL = LinkSpan, to }), n
}

// special reads the sequences that begin with an exclamation mark.
func (p *mrkdwn) special(target, label string) []Span {
	switch kind, rest, _ := strings.Cut(target, "^"); kind {
	case "here", "channel", "everyone", "group":
		p.ping("@" + kind)
		return []Span{{Kind: MentionSpan, Text: "@" + kind}}
	case "subteam":
		p.ping("@" + rest)
		return []Span{{Kind: MentionSpan, Text: "@" + rest}}
	case "date":
		date := p.when.sequence(rest, unescapeText.Replace(label))
		if date.URL != "" {
			p.link(date.Text, date.URL)
		}
		return []Span{date}
	}
	if label != "" {
		return literal(label)
	}
	return literal("<" + target + ">")
}
