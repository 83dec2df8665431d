# The list of keys of tandem.yaml(5), from the commented example:
#
#   awk -v example=deploy/tandem.yaml -f line.awk -f keys.awk PAGE
#
# replaces the line .\" KEYS of PAGE. A comment belongs to the key below it, or
# stands by itself when an empty line follows. A section is a key without a value.
# What the file says before its first key is left to the page, but for the comment
# of that key.
function roff(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/"/, "\\(dq", text)
	return text
}

function tell(text,    part, n, i)
{
	n = split(text, part, "\n")
	for (i = 1; i <= n; i++)
		if (part[i] != "")
			line(part[i])
}

function begin_list()
{
	if (!in_list)
		print ".Bl -tag -width Ds"
	in_list = 1
}

# A comment that belongs to no key.
function finish_comment()
{
	if (pending != "" && is_begun) {
		if (in_list)
			print ".El"
		in_list = 0
		print ".Pp"
		tell(pending)
	}
	pending = ""
}

# Of the key that was read last: its value may go on for some lines.
function finish()
{
	if (name == "")
		return
	begin_list()
	if (value == "" && is_open)
		print ".It Ic " name
	else
		print ".It Ic " name " : Sy \"" roff(value) "\""
	tell(comment)
	name = comment = ""
}

function key(text,    depth, at)
{
	finish()
	match(text, /^ */)
	depth = RLENGTH / 2
	text = substr(text, RLENGTH + 1)
	at = index(text, ":")
	path[depth] = substr(text, 1, at - 1)
	name = path[0]
	for (i = 1; i <= depth; i++)
		name = name "." path[i]
	value = substr(text, at + 1)
	gsub(/^ +| +$/, "", value)
	is_open = value == ""
	indent = depth
	comment = pending
	pending = ""
}

function keys(    text)
{
	while ((getline text < example) > 0) {
		if (text == "") {
			finish()
			finish_comment()
		} else if (text ~ /^ *#/) {
			finish()
			sub(/^ *# ?/, "", text)
			pending = pending text "\n"
		} else if (text ~ /^ *[A-Za-z_0-9]+:( |$)/) {
			is_begun = 1
			key(text)
		} else {
			gsub(/^ +| +$/, "", text)
			value = value (value == "" ? "" : " ") text
		}
	}
	finish()
	finish_comment()
	if (in_list)
		print ".El"
}

/^\.\\" KEYS$/ { keys(); next }
{ print }
