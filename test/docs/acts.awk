# Prints the acts of src/domain/casefile/casefile.h as rows of a Markdown table: act, states it may start from, state it ends in, words.
{ line = line $0 }
/\\$/ { sub(/[ \t]*\\$/, "", line); next }
{
	if (line ~ /define CASEFILE_STATES/) {
		n = split(line, part, /X\(CASE_/)
		for (i = 2; i <= n; i++) {
			split(part[i], field, /, */)
			gsub(/"/, "", field[2])
			state["CASE_" field[1]] = field[2]
		}
	} else if (line ~ /define FROM_(OPEN|REVIEW)/) {
		split(line, word, " ")
		set[word[2]] = states(line)
	} else if (line ~ /define CASEFILE_ACTS/) {
		n = split(line, part, /X\(ACT_/)
		for (i = 2; i <= n; i++)
			row(part[i])
	}
	line = ""
}
function states(text, list) {
	while (match(text, /FROM\(CASE_[A-Z_]+\)/)) {
		list = list (list ? ", " : "") state[substr(text, RSTART + 5, RLENGTH - 6)]
		text = substr(text, RSTART + RLENGTH)
	}
	return list
}
function row(text, code, words, from, to) {
	split(text, quoted, "\"")
	code = quoted[2]
	words = quoted[4]
	from = text ~ /FROM_OPEN/ ? set["FROM_OPEN"] : text ~ /FROM_REVIEW/ ? set["FROM_REVIEW"] : states(text)
	to = "unchanged"
	if (match(text, /, *CASE_[A-Z]+(_[A-Z]+)?,/) && text !~ /CASE_SAME/)
		to = state[substr(text, RSTART + 2, RLENGTH - 3)]
	print "| `" code "` | " from " | " to " | " words " |"
}
