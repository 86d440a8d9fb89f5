# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
#
# bash completion: vfctl itself knows what may come next, for it asks the process.

_vfctl() {
	local line=${COMP_LINE:0:COMP_POINT} word candidates
	word=${line##*[[:space:]]}
	COMPREPLY=()
	if ! candidates=$("${COMP_WORDS[0]}" --complete "$line" 2>/dev/null); then
		compopt -o default
		return
	fi
	[ -n "$candidates" ] || return 0
	mapfile -t COMPREPLY <<< "$candidates"
	# Readline puts in what follows the last colon: addresses have some.
	if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${word%:*}:"}")
	fi
}

complete -F _vfctl vfctl
