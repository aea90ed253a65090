package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Verify reads a file of lines and says what is not as it was written. The error
// is about reading only.
func Verify(r io.Reader) (Report, error) {
	v := &verifier{chains: map[string]*Chain{}, void: map[voided]bool{}}
	v.report.hashes = map[string]bool{}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		text, whole, err := readLine(in)
		if err != nil {
			return v.done(), fmt.Errorf("read the audit log: %w", err)
		}
		if len(text) == 0 && !whole {
			return v.done(), nil
		}
		v.number++
		v.physical(text, whole)
	}
}

// tooLong stands for a line that no writer makes.
const tooLong = 2*maxLine + 2

// readLine returns the next line, and whether it ended in a newline. Of a line
// that is too long it returns the first bytes.
func readLine(in *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(text) <= tooLong {
			text = append(text, part...)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(text, []byte("\n")), true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return text, false, nil
		default:
			return nil, false, err
		}
	}
}

type verifier struct {
	report Report
	number int // of the present line
	chains map[string]*Chain
	order  []*Chain
	void   map[voided]bool
}

// voided is a line that was taken back.
type voided struct {
	chain string
	seq   int64
}

// physical judges what stands between two newlines: a line; or half a line that
// was torn, and behind it the next one written.
func (v *verifier) physical(text []byte, whole bool) {
	if len(text) == 0 {
		return // a newline that ends half a line which turned out whole
	}
	var broken []int // findings
	at, pieces := 0, split(text)
	for i, piece := range pieces {
		l, hash, err := decode(piece)
		switch {
		case err == nil:
			if l.Torn != nil {
				v.marked(l, text[:at], broken)
			}
			v.take(l, hash)
		case half(piece) && (i < len(pieces)-1 || !whole):
			broken = append(broken, v.find(Torn, "", 0, "only the first half was written"))
		default:
			broken = append(broken, v.find(Tampered, "", 0, err.Error()))
		}
		at += len(piece)
	}
}

// marked settles that what stands before a mark was torn, not changed: whoever
// made the mark found it so. A mark with nothing before it is harmless: two
// processes found the same half, or one found a line that another was writing.
func (v *verifier) marked(l line, before []byte, broken []int) {
	switch {
	case len(before) == 0:
		v.find(Torn, l.Chain, l.Seq, "half a line was marked that does not stand before the mark")
		return
	case *l.Torn != torn{Bytes: len(before), SHA256: sum(before)}:
		v.find(Tampered, l.Chain, l.Seq, "half a line was changed after it was marked")
		return
	}
	for _, i := range broken {
		f := &v.report.Findings[i]
		f.Verdict, f.What = Torn, "only the first half was written, and marked as such"
	}
}

// split cuts text where lines begin.
func split(text []byte) [][]byte {
	var pieces [][]byte
	for {
		i := bytes.Index(text[min(1, len(text)):], []byte(lineOpen))
		if i < 0 {
			return append(pieces, text)
		}
		pieces = append(pieces, text[:i+1])
		text = text[i+1:]
	}
}

// take puts a whole line into its chain.
func (v *verifier) take(l line, hash string) {
	fits := v.follow(l, hash)
	v.report.hashes[hash] = true
	if !fits {
		return
	}
	switch l.Kind {
	case kindRecord:
		v.report.Records++
	case kindVoid:
		// It may be there twice, when the first was not known to last either.
		v.void[voided{l.Chain, l.Void.Seq}] = true
	}
}

// follow checks a line against what its chain was up to, and reports whether the
// chain goes on from it.
func (v *verifier) follow(l line, hash string) bool {
	c, known := v.chains[l.Chain]
	if !known {
		v.first(l, hash)
		return true
	}
	switch {
	case l.Seq <= c.Last:
		v.find(Tampered, l.Chain, l.Seq, "is out of order, or there twice")
		return false
	case l.Seq > c.Last+1:
		v.find(Tampered, l.Chain, l.Seq, fmt.Sprintf("lines %d to %d of the chain are missing before it", c.Last+1, l.Seq-1))
	case l.Prev != c.Hash:
		v.find(Tampered, l.Chain, l.Seq, "does not follow the line before it")
	}
	c.Last, c.Hash, c.Ended = l.Seq, hash, l.Kind == kindEnd
	return true
}

// first takes the first line of a chain in this file.
func (v *verifier) first(l line, hash string) {
	c := &Chain{ID: l.Chain, First: l.Seq, Last: l.Seq, Prev: l.Prev, Hash: hash, Ended: l.Kind == kindEnd}
	here := v.report.hashes[l.Prev]
	c.Elsewhere = l.Prev != "" && !here
	switch {
	case l.Kind != kindBegin:
		v.find(Tampered, l.Chain, l.Seq, "the chain's first lines are missing before it")
	case l.Seq == 1 && c.Elsewhere && len(v.report.hashes) > 0:
		// Only the first chain of a file may continue another file.
		v.find(Tampered, l.Chain, l.Seq, "continues a line that is missing")
	}
	v.chains[l.Chain] = c
	v.order = append(v.order, c)
}

// find notes a finding and returns its index.
func (v *verifier) find(verdict Verdict, chain string, seq int64, what string) int {
	v.report.Findings = append(v.report.Findings, Finding{Line: v.number, Verdict: verdict, Chain: chain, Seq: seq, What: what})
	return len(v.report.Findings) - 1
}

func (v *verifier) done() Report {
	for _, c := range v.order {
		v.report.Chains = append(v.report.Chains, *c)
	}
	v.report.Void = len(v.void)
	return v.report
}
