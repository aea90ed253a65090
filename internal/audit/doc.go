// Package audit keeps who did what as whom: an append-only file of JSON lines
// in which every line names the one before it. It implements [pim.AuditLog].
//
// # Invariant
//
// [Log.Record] returns nil only after the line is written and, unless told
// otherwise, on disk. So whoever records before acting leaves no act without a
// record, and while nothing can be written, nothing is done: fail closed.
//
// # Schema, version 1
//
// A line is one JSON object without spaces, its members in this order:
//
//	v      1
//	chain  which process wrote it: writer, boot time and four random bytes
//	seq    1, 2, 3 … within the chain
//	at     when it was written, RFC 3339 in UTC
//	kind   begin, record, torn, void or end: see below
//	torn, record, void, end
//	       what belongs to the kind
//	prev   the hash of the chain's line before; on the chain's first line the
//	       last hash of the file that it continues, "" when there is none
//	hash   SHA-256 in hex of the line's bytes up to and without ,"hash":
//
// The kinds:
//
//	begin   the chain begins, or goes on, in this file
//	record  something was done
//	torn    half a line stands directly before this one, without a newline
//	        between them: how many bytes, and their SHA-256. A begin may have
//	        this member as well.
//	void    the line of this seq was written, but its Record returned an error:
//	        what it tells of was not done
//	end     the chain ends, or leaves this file: why
//
// A record has the members at, tenant, elevation, event, from, to, revision,
// person (platform, workspace, user), principal (tenant, id), target (kind, id,
// name, access), scope (id, name), seconds (the duration), justification,
// ticket (number, system), requestId, correlationId, proof and detail; the empty
// ones are left out. New members may come at the end of a record; nothing that
// is there changes its meaning without a new version.
//
// # What it proves, and what not
//
// [Verify] finds a line that was changed, dropped, moved or repeated, and tells
// it from one that a kill tore. The chain holds no key: who can write the file
// can write another whole one, and cut the newest lines off a chain that nothing
// has continued yet. So ship lines elsewhere as they come, or note a report's
// last hashes now and then; [Report.Follows] proves one file against the next.
//
// Several processes may append to one file, each with a chain of its own.
//
// # Reading order
//
// line.go (one line, written and read), file.go (where lines go), log.go (the
// chain), tail.go (what a file ends with), verify.go, report.go.
package audit
