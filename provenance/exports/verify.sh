#!/bin/sh
# Verify a custody package without the program that made it.
#
#   sh VERIFY.sh [FOLDER [LOG-KEY]]
#
# FOLDER  the unpacked package; without it, the folder in which this script lies.
# LOG-KEY the log's key as you got it from somewhere else (compare data/log/vkey). Without it
#         everything can be consistent and still be somebody else's log: then compare by eye.
#
# Needs a POSIX shell, awk, sed, sort, cmp, find, xargs, mktemp; openssl 3 (Ed25519 over a file);
# sha256sum and sha512sum, or shasum. Reads the package only; writes to one temporary folder.
# Nothing from the package is ever executed, sourced, or used as a file name before it has matched a
# fixed pattern.
#
# Ends with one line: "OK: ..." and exit code 0; "FAILED: ..." and 1; or 3 if it cannot check here.
#
# Looks at, in this order: names of all files; manifests; the log's key and the checkpoint's
# signature; form of every entry and its disclosures; place of every entry in the log; that the
# entries of each item are numbered and linked without a gap up to the record of this export; every
# signature, by the key enrolled before it and within its role; allowed_signers; documents.
# `prov check` looks at more: heads seen, heads that others attest, hand-overs, who may revoke, what
# the report says. The report here is a page that anybody can have written: the entries count.

set -u
LC_ALL=C
export LC_ALL
umask 077
unset CDPATH

work=

cannot() {
    printf 'CANNOT CHECK: %s\n' "$1"
    exit 3
}

fail() {
    printf 'FAILED: %s\n' "$1"
    exit 1
}

holds() {
    printf 'ok  %s\n' "$1"
}

clean_up() {
    if [ -n "$work" ]; then
        rm -rf "$work"
    fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- tools -----------------------------------------------------------------------------------

for tool in awk sed sort cmp find xargs mktemp openssl; do
    command -v "$tool" >/dev/null 2>&1 || cannot "the tool $tool is missing"
done
if command -v sha256sum >/dev/null 2>&1 && command -v sha512sum >/dev/null 2>&1; then
    sum256=sha256sum
    sum512=sha512sum
elif command -v shasum >/dev/null 2>&1; then
    sum256='shasum -a 256'
    sum512='shasum -a 512'
else
    cannot 'neither sha256sum nor shasum is there'
fi

sha256() { # of standard input
    $sum256
}

folder=${1:-}
if [ -z "$folder" ]; then
    case $0 in
        */*) folder=${0%/*} ;;
        *) folder=. ;;
    esac
fi
wanted=${2:-}
cd -- "$folder" 2>/dev/null || cannot 'there is no such folder'
[ -f bagit.txt ] || [ -d data ] || cannot 'this folder holds no package'
work=$(mktemp -d "${TMPDIR:-/tmp}/verify.XXXXXXXX") || cannot 'no temporary folder can be made'
mkdir "$work/e" "$work/k"

# Bytes of a hexadecimal text, by octal escapes: the one form that every printf knows.
bytes_of() {
    left=$1
    out=
    while [ -n "$left" ]; do
        rest=${left#??}
        value=$((0x${left%"$rest"}))
        out="$out\\$((value / 64))$((value / 8 % 8))$((value % 8))"
        left=$rest
    done
    # shellcheck disable=SC2059 # the format is made of octal escapes only, made right here
    printf "$out"
}

is_hex() { # text, length: guards bytes_of
    case $1 in
        '' | *[!0-9a-f]*) return 1 ;;
    esac
    [ "${#1}" -eq "$2" ]
}

# Ed25519 (RFC 8032): key in hex, signature in hex, file with the message.
verify_ed25519() {
    bytes_of "302a300506032b6570032100$1" >"$work/key.der" # RFC 8410: SubjectPublicKeyInfo
    bytes_of "$2" >"$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin \
        -in "$3" -sigfile "$work/signature" >/dev/null 2>&1
}

der_integer() { # X.690 section 8.3: shortest form, not negative
    number=$1
    while [ "${#number}" -gt 2 ]; do
        case $number in
            00*) number=${number#00} ;;
            *) break ;;
        esac
    done
    case $number in
        [89a-f]*) number=00$number ;;
    esac
    printf '02%02x%s' $((${#number} / 2)) "$number"
}

# ECDSA on P-256 with SHA-256: point in hex, R || S in hex, file with the message.
verify_p256() {
    bytes_of "3059301306072a8648ce3d020106082a8648ce3d030107034200$1" >"$work/key.der"
    second=${2#????????????????????????????????????????????????????????????????}
    numbers=$(der_integer "${2%"$second"}")$(der_integer "$second")
    bytes_of "30$(printf '%02x' $((${#numbers} / 2)))$numbers" >"$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -digest sha256 \
        -in "$3" -sigfile "$work/signature" >/dev/null 2>&1
}

verify() { # EdDSA or ES256, key, signature, file
    case $1 in
        EdDSA) is_hex "$2" 64 && is_hex "$3" 128 && verify_ed25519 "$2" "$3" "$4" ;;
        ES256) is_hex "$2" 130 && is_hex "$3" 128 && verify_p256 "$2" "$3" "$4" ;;
        *) return 1 ;;
    esac
}

# RFC 8032 section 7.1, test 2: does this openssl accept what is right, and refuse what is wrong?
printf 'r' >"$work/known"
known_key=3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
known=92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
known=${known}085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
verify_ed25519 $known_key $known "$work/known" || cannot 'this openssl cannot verify Ed25519'
printf 's' >"$work/known"
if verify_ed25519 $known_key $known "$work/known"; then
    cannot 'this openssl accepts a wrong signature'
fi

# --- names and manifests ---------------------------------------------------------------------

[ -z "$(find . ! -type f ! -type d -exec printf x \;)" ] ||
    fail 'the package holds a link or a device'
find . -type f | sed 's|^\./||' | sort >"$work/names"
awk '
    /^(bagit|bag-info|manifest-sha256|manifest-sha512|tagmanifest-sha256|VERIFY)\.txt$/ { next }
    /^VERIFY\.sh$/ || /^data\/report\.(html|json)$/ || /^data\/allowed_signers$/ { next }
    /^data\/log\/(checkpoint|vkey|heads)$/ { next }
    /^data\/log\/(0|[1-9][0-9]*)\.(checkpoint|cosigned|[0-9][0-9]?\.tsr)$/ && length($0) < 45 { next }
    /^data\/entries\/(0|[1-9][0-9]*)\.(sdjwt|tlog-proof)$/ && length($0) < 45 { next }
    /^data\/documents\/[0-9a-f]+$/ && length($0) == 79 { next }
    { exit 1 }
' "$work/names" || fail 'a file whose name no package holds'
for name in bagit.txt bag-info.txt manifest-sha256.txt manifest-sha512.txt VERIFY.txt VERIFY.sh \
    tagmanifest-sha256.txt data/report.html data/report.json data/allowed_signers \
    data/log/checkpoint data/log/vkey data/log/heads data/entries/0.sdjwt; do
    [ -f "$name" ] || fail "$name is missing"
done

printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' >"$work/bagit"
cmp -s "$work/bagit" bagit.txt || fail 'bagit.txt is not that of a BagIt 1.0 bag'
grep '^data/' "$work/names" >"$work/payload"
# shellcheck disable=SC2086 # a command and its options, fixed above
xargs $sum256 <"$work/payload" >"$work/sums" || fail 'a file cannot be read'
cmp -s "$work/sums" manifest-sha256.txt || fail 'the files are not those of manifest-sha256.txt'
# shellcheck disable=SC2086 # as above
xargs $sum512 <"$work/payload" >"$work/sums512" || fail 'a file cannot be read'
cmp -s "$work/sums512" manifest-sha512.txt || fail 'the files are not those of manifest-sha512.txt'
# shellcheck disable=SC2086 # as above
grep -v -e '^data/' -e '^tagmanifest-' "$work/names" | xargs $sum256 >"$work/tags"
cmp -s "$work/tags" tagmanifest-sha256.txt ||
    fail 'the tag files are not those of tagmanifest-sha256.txt'
holds 'every file is the one that the manifests name (SHA-256, SHA-512)'

# --- the log's key and the checkpoint --------------------------------------------------------

# Base64 in awk; strict: one spelling for the same bytes. unhex is "" where the text is not base64.
base64_awk='
    function set_alphabets(    i) {
        for (i = 0; i < 64; i++) {
            std[substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", i + 1, 1)] = i
            url[substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", i + 1, 1)] = i
        }
        for (i = 0; i < 256; i++) hexof[i] = sprintf("%02x", i)
        for (i = 1; i < 256; i++) char[i] = sprintf("%c", i)
        power[0] = 1; power[2] = 4; power[4] = 16 # some awks have no exponents
    }
    # Fills octets[1..n]; returns n, or -1.
    function decode(text, is_url,    i, n, c, value, bits, held) {
        n = 0; bits = 0; held = 0
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            if (is_url ? !(c in url) : !(c in std)) return -1
            value = is_url ? url[c] : std[c]
            held = held * 64 + value; bits += 6
            if (bits >= 8) {
                bits -= 8
                octets[++n] = int(held / power[bits])
                held = held % power[bits]
            }
        }
        return (held || bits >= 6) ? -1 : n
    }
    function to_hex(text, is_url,    n, i, out) {
        n = decode(text, is_url); out = ""
        for (i = 1; i <= n; i++) out = out hexof[octets[i]]
        return n < 0 ? "" : out
    }
    # Padded base64, as in notes and proofs.
    function std_hex(text,    body) {
        if (length(text) % 4) return ""
        body = text
        sub(/==?$/, "", body)
        return to_hex(body, 0)
    }
    # Text without NUL; bytes above 127 come through one by one (LC_ALL=C).
    function to_text(text,    n, i, out, part) {
        n = decode(text, 1); out = ""; part = ""
        for (i = 1; i <= n; i++) {
            if (octets[i] == 0) return ""
            part = part char[octets[i]]
            if (i % 64 == 0) { out = out part; part = "" }
        }
        return n < 0 ? "" : out part
    }
    function bad(why) { print why; failed = 1; exit 1 }
'

# Prints: origin, size, root in hex, key in hex, key id in hex, signature in hex, vkey.
awk "$base64_awk"'
    BEGIN { set_alphabets() }
    FILENAME ~ /vkey$/ {
        if (FNR > 1) bad("data/log/vkey is not one line")
        vkey = $0
        at = index(vkey, "+")
        origin = substr(vkey, 1, at - 1)
        id = substr(vkey, at + 1, 8)
        key = std_hex(substr(vkey, at + 10))
        if (origin !~ /^[A-Za-z0-9][A-Za-z0-9._~:\/-]*$/ || id !~ /^[0-9a-f]+$/ ||
            substr(vkey, at + 9, 1) != "+" || length(key) != 66 || substr(key, 1, 2) != "01")
            bad("data/log/vkey is not the key of a log")
        next
    }
    FNR == 1 { if ($0 != origin) bad("the checkpoint is that of another log") }
    FNR == 2 { size = $0; if (size !~ /^[1-9][0-9]*$/ || length(size) > 15) bad("no size") }
    FNR == 3 { root = std_hex($0); if (length(root) != 64) bad("no root in the checkpoint") }
    FNR == 4 { if ($0 != "") bad("the checkpoint has further lines") }
    FNR == 5 {
        dash = "\342\200\224 " origin " "
        blob = std_hex(substr($0, length(dash) + 1))
        if (substr($0, 1, length(dash)) != dash || length(blob) != 136)
            bad("the checkpoint has no line of this log")
        if (substr(blob, 1, 8) != id) bad("the checkpoint is signed with another key")
    }
    FNR > 5 { bad("the checkpoint has more than the line of the log") }
    END {
        if (failed) exit 1
        if (FNR != 5) { print "the checkpoint is cut short"; exit 1 }
        print origin, size, root, substr(key, 3), id, substr(blob, 9), vkey
    }
' data/log/vkey data/log/checkpoint >"$work/head" || fail "$(sed 1q "$work/head")"
read -r origin size root log_key key_id head_signature vkey <"$work/head"
{
    printf '%s\n\001' "$origin"
    bytes_of "$log_key"
} | sha256 | sed 's/^\(........\).*/\1/' >"$work/id"
[ "$(cat "$work/id")" = "$key_id" ] || fail 'the id in data/log/vkey is not that of its key'
sed 3q data/log/checkpoint >"$work/text"
verify EdDSA "$log_key" "$head_signature" "$work/text" ||
    fail 'the log has not signed this checkpoint'
if [ -n "$wanted" ] && [ "$wanted" != "$vkey" ]; then
    fail 'this is not the log whose key you gave'
fi
holds "the checkpoint of $size entries is signed by the log $origin"

# --- form of entries, disclosures and proofs -------------------------------------------------

sed -n 's|^data/entries/\([0-9]*\)\.sdjwt$|\1|p' "$work/names" | sort -n >"$work/seqs"
sed -n 's|^data/entries/\([0-9]*\)\.tlog-proof$|\1|p' "$work/names" | sort -n >"$work/proofs"
cmp -s "$work/seqs" "$work/proofs" || fail 'an entry without its proof, or a proof without entry'

# Reads every presentation once. Writes for each entry: <seq>.signed (what the key signed),
# <seq>.leaf, <seq>.<k>.disclosure; a line of table, the digests it vouches for, and the facts that
# matter below. Fields are text of fixed patterns, so blanks part them safely.
# shellcheck disable=SC2016 # the dollars are those of awk
sed 's|.*|data/entries/&.sdjwt|' "$work/seqs" | xargs awk -v work="$work" "$base64_awk"'
    function put(name, text) {
        name = work "/e/" name
        printf "" > name
        ORS = ""; print text > name; ORS = "\n"
        close(name)
    }
    function between(text, before, after) {
        if (substr(text, 1, length(before)) != before) return ""
        if (substr(text, length(text) - length(after) + 1) != after) return ""
        return substr(text, length(before) + 1, length(text) - length(before) - length(after))
    }
    # {"kid":"..","possession":"..","public_key":"<kind> <base64>"}
    function claim(text, what,    part, n, blob, kind, alg) {
        n = split(text, part, "\"")
        if (n != 13 || part[1] != "{" || part[2] != "kid" || part[3] != ":" || part[5] != "," ||
            part[6] != "possession" || part[7] != ":" || part[9] != "," ||
            part[10] != "public_key" || part[11] != ":" || part[13] != "}")
            bad("entry " seq ": a key claim that cannot be read")
        if (part[4] !~ /^[A-Za-z0-9_-]+$/ || length(part[4]) != 43) bad("entry " seq ": no kid")
        kind = part[12]; sub(/ .*/, "", kind)
        blob = std_hex(substr(part[12], length(kind) + 2))
        if (kind == "ssh-ed25519" && length(blob) == 102 &&
            substr(blob, 1, 38) == "0000000b7373682d6564323535313900000020") {
            alg = "EdDSA"; blob = substr(blob, 39)
        } else if (kind == "ecdsa-sha2-nistp256" && length(blob) == 208 && substr(blob, 1, 78) == \
            "0000001365636473612d736861322d6e69737470323536000000086e6973747032353600000041") {
            alg = "ES256"; blob = substr(blob, 79)
        } else bad("entry " seq ": a key of a kind that cannot sign entries")
        print seq, what, part[4], alg, blob, to_hex(part[8], 1), part[12] >> facts
    }
    function fact(name, value,    inner, list, n, i) {
        if (name == "charter") {
            inner = value
            if (sub(/^\{"log_key":"/, "", inner)) sub(/".*/, "", inner)
            print seq, "charter", inner ~ /^[A-Za-z0-9._~:\/+=-]+$/ ? inner : "?" >> facts
        } else if (name == "admins") {
            inner = between(value, "[", "]")
            n = split(inner, list, /\},/)
            for (i = 1; i <= n; i++) claim(list[i] (i < n ? "}" : ""), "admin")
        } else if (name == "key") {
            claim(value, "key")
        } else if (name == "role" || name == "replaces") {
            inner = between(value, "\"", "\"")
            print seq, name, inner ~ /^[A-Za-z0-9_-]+$/ ? inner : "?" >> facts
        } else if (name == "revoked") {
            inner = value
            if (!sub(/^\{"compromised_since":(null|[0-9]+),"kid":"/, "", inner)) inner = "?"
            sub(/"\}$/, "", inner)
            print seq, "revoked", inner ~ /^[A-Za-z0-9_-]+$/ ? inner : "?" >> facts
        } else if (name == "document") {
            inner = value
            sub(/.*"sha256":"/, "", inner)
            inner = substr(inner, 1, 64)
            print seq, "document", inner ~ /^[0-9a-f]+$/ ? inner : "?" >> facts
        } else if (name == "export") {
            inner = value
            if (!sub(/.*"entries":/, "", inner)) inner = "?"
            sub(/,"size":/, " ", inner); sub(/\}$/, "", inner)
            print seq, "export", inner ~ /^[0-9]+ [0-9]+$/ ? inner : "?" >> facts
        }
    }
    function open_field(text,    start, name, whole, at) {
        # ["<22 characters of salt>","<name>",<value>]
        start = to_text(substr(text, 1, 120))
        if (start !~ /^\["[A-Za-z0-9_-]+","[a-z0-9_]+",/ || substr(start, 25, 3) != "\",\"")
            bad("entry " seq ": a disclosure that is not salt, name and value")
        name = substr(start, 28); sub(/".*/, "", name)
        if (name in OPEN) bad("entry " seq ": a disclosure named like an open field")
        if ((seq, name) in named) bad("entry " seq ": two disclosures of one name")
        named[seq, name] = 1
        if (!(name in WANTED)) return
        if (name == "document" && type !~ /^item\.(received|split)$/) return
        if (name == "export" && type != "report.exported") return
        if (name != "document" && name != "export" && type !~ /^(log\.genesis$|key\.)/) return
        whole = to_text(text)
        at = 27 + length(name) + 3
        if (substr(whole, length(whole)) != "]") bad("entry " seq ": a disclosure cut short")
        fact(name, substr(whole, at, length(whole) - at))
    }
    BEGIN {
        set_alphabets()
        table = work "/table"; sd = work "/sd"; facts = work "/facts"
        split("charter admins key role replaces revoked document export", list, " ")
        for (i in list) WANTED[list[i]] = 1
        split("_sd _sd_alg iat item log n prev seen type v", list2, " ")
        for (i in list2) OPEN[list2[i]] = 1
    }
    FNR > 1 { bad("entry " seq ": more than one line") }
    {
        seq = FILENAME; sub(/^data\/entries\//, "", seq); sub(/\.sdjwt$/, "", seq)
        if ($0 !~ /^[A-Za-z0-9._~-]+~$/) bad("entry " seq ": not an entry with disclosures")
        count = split($0, part, "~")
        leaf = part[1]
        if (split(leaf, jws, ".") != 3) bad("entry " seq ": not an entry")
        header = to_text(jws[1]); payload = to_text(jws[2]); signature = to_hex(jws[3], 1)
        if (header !~ /^\{"alg":"(EdDSA|ES256)","kid":"[A-Za-z0-9_-]+","typ":"custody-event\+sd-jwt"\}$/)
            bad("entry " seq ": a header that is not that of an entry")
        split(header, h, "\"")
        alg = h[4]; kid = h[8]
        if (length(kid) != 43 || length(signature) != 128) bad("entry " seq ": no signature")
        if (payload !~ /^\{"_sd":\[("[A-Za-z0-9_-]+"(,"[A-Za-z0-9_-]+")*)?\],"_sd_alg":"sha-256","iat":(0|[1-9][0-9]*),"item":"[A-Za-z0-9_-]+","log":"[A-Za-z0-9._~:\/-]+","n":(0|[1-9][0-9]*),"prev":(null|"[A-Za-z0-9_-]+"),"seen":\[(0|[1-9][0-9]*),"[A-Za-z0-9_-]+"\],"type":"[a-z.]+","v":1\}$/)
            bad("entry " seq ": a payload that is not that of an entry")
        digests = payload; sub(/^\{"_sd":\[/, "", digests); sub(/\].*/, "", digests)
        n = split(digests, digest, ",")
        for (i = 1; i <= n; i++) {
            hex = to_hex(substr(digest[i], 2, length(digest[i]) - 2), 1)
            if (length(hex) != 64) bad("entry " seq ": a digest of another length")
            print seq, hex >> sd
        }
        rest = payload; sub(/^.*,"item":"/, "", rest)
        item = rest; sub(/".*/, "", item)
        log_name = rest; sub(/^[^"]*","log":"/, "", log_name); sub(/".*/, "", log_name)
        number = rest; sub(/^.*","n":/, "", number); sub(/,.*/, "", number)
        previous = rest; sub(/^.*,"prev":/, "", previous); sub(/,"seen".*/, "", previous)
        type = rest; sub(/^.*"type":"/, "", type); sub(/".*/, "", type)
        if (previous == "null") previous = "-"
        else {
            previous = to_hex(substr(previous, 2, length(previous) - 2), 1)
            if (length(previous) != 64) bad("entry " seq ": a prev of another length")
        }
        if (length(item) != 22 || length(number) > 15) bad("entry " seq ": no item or number")
        print seq, alg, kid, number, item, previous, type, signature, log_name >> table
        put(seq ".signed", jws[1] "." jws[2])
        put(seq ".leaf", leaf)
        for (k = 2; k < count; k++) {
            put(seq "." (k - 1) ".disclosure", part[k])
            open_field(part[k])
        }
        if (part[count] != "") bad("entry " seq ": text behind the last disclosure")
    }
' >"$work/why" || fail "$(sed 1q "$work/why")"
: >>"$work/sd"
: >>"$work/facts"

awk -v origin="$origin" '$9 != origin { exit 1 }' "$work/table" ||
    fail 'an entry belongs to another log'

# Every disclosure is one that its entry vouches for (RFC 9901 section 7.1), and comes once.
(
    cd "$work/e" || exit 1
    # shellcheck disable=SC2086 # as above
    find . -name '*.disclosure' | sed 's|^\./||' | sort | xargs $sum256 /dev/null |
        grep 'disclosure$' >"$work/shown"
    while read -r seq _; do
        { printf '\000' && cat "$seq.leaf"; } >"$seq.node" || exit 1
    done <"$work/table"
    # shellcheck disable=SC2086 # as above
    find . -name '*.node' | sed 's|^\./||' | sort | xargs $sum256 |
        sed 's/^\([0-9a-f]*\)  \([0-9]*\)\.node$/\2 \1/' >"$work/leaves"
) || fail 'the entries cannot be hashed'
awk '
    FILENAME ~ /sd$/ { vouched[$1, $2] = 1; next }
    {
        seq = $2; sub(/\..*/, "", seq)
        if (!((seq, $1) in vouched)) { print seq; exit 1 }
        delete vouched[seq, $1]
    }
' "$work/sd" "$work/shown" >"$work/why" ||
    fail "entry $(cat "$work/why") does not vouch for a disclosure that is shown with it"
holds "every disclosure is vouched for by its entry ($(awk 'END { print NR }' "$work/shown"))"

# --- place in the log ------------------------------------------------------------------------

# shellcheck disable=SC2016 # the dollars are those of awk
sed 's|.*|data/entries/&.tlog-proof|' "$work/seqs" | xargs awk "$base64_awk"'
    BEGIN { set_alphabets() }
    FILENAME == ARGV[1] && !loaded {
        # Every proof ends with the checkpoint, line for line.
        while ((getline line < "data/log/checkpoint") > 0) checkpoint[++lines] = line
        loaded = 1
    }
    FNR == 1 {
        if (NR > 1) finish()
        seq = FILENAME; sub(/^data\/entries\//, "", seq); sub(/\.tlog-proof$/, "", seq)
        path = ""; tail = 0
        if ($0 != "c2sp.org/tlog-proof@v1") bad("the proof of entry " seq " is of another format")
        next
    }
    tail {
        if ($0 != checkpoint[tail++]) bad("the proof of entry " seq " is for another checkpoint")
        next
    }
    FNR == 2 { if ($0 != "index " seq) bad("the proof of entry " seq " is for another"); next }
    $0 == "" { tail = 1; next }
    {
        hex = std_hex($0)
        if (length(hex) != 64) bad("the proof of entry " seq " holds no hashes")
        path = path " " hex
        next
    }
    function finish() {
        if (tail != lines + 1) bad("the proof of entry " seq " is cut short or too long")
        print seq path
    }
    END { if (!failed) finish(); if (failed) exit 1 }
' >"$work/paths" || fail "$(sed -n '$p' "$work/paths")"

node() { # RFC 6962 section 2.1: SHA-256(0x01 || left || right)
    above=$(bytes_of "01$1$2" | sha256)
    above=${above%% *}
}

# RFC 9162 section 2.1.3.2, with its names.
included() { # leaf hash, index, hashes ...
    above=$1
    fn=$2
    sn=$((size - 1))
    [ "$fn" -le "$sn" ] || return 1
    shift 2
    for sibling in "$@"; do
        [ "$sn" -ne 0 ] || return 1
        if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
            node "$sibling" "$above"
            while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do
                fn=$((fn / 2))
                sn=$((sn / 2))
            done
        else
            node "$above" "$sibling"
        fi
        fn=$((fn / 2))
        sn=$((sn / 2))
    done
    [ "$sn" -eq 0 ] && [ "$above" = "$root" ]
}

awk '
    FILENAME ~ /leaves$/ { leaf[$1] = $2; next }
    { seq = $1; $1 = ""; print leaf[seq], seq $0 }
' "$work/leaves" "$work/paths" >"$work/climbs"
while read -r leaf seq path; do
    # shellcheck disable=SC2086 # hexadecimal words
    included "$leaf" "$seq" $path || fail "the log does not hold entry $seq as the package has it"
done <"$work/climbs"
holds "the log holds every entry at its place ($(awk 'END { print NR }' "$work/climbs"))"

# --- nothing missing -------------------------------------------------------------------------

awk '
    FILENAME ~ /leaves$/ { leaf[$1] = $2; next }
    FILENAME ~ /facts$/ { if ($2 == "export") { total[$1] = $3; at[$1] = $4 } next }
    {
        desk = ($5 == "AAAAAAAAAAAAAAAAAAAAAA")
        if (!desk && subject == "") subject = $5
        if (!desk && $5 != subject) { print "the entries are of more than one item"; exit 1 }
        if (!($5 in count)) { count[$5] = 0; last[$5] = "-" }
        if ($4 != count[$5] || $6 != last[$5]) {
            print "entry " $1 " does not follow the one before it: something is missing"; exit 1
        }
        count[$5]++; last[$5] = leaf[$1]
        if (!desk) { newest = $1; type = $7 }
    }
    END {
        if (subject == "") { print "there is no entry of an item"; exit 1 }
        if (type != "report.exported" || total[newest] != count[subject] || at[newest] != newest + 1) {
            print "the last entry is not the record of this export: the end is missing"; exit 1
        }
    }
' "$work/leaves" "$work/facts" "$work/table" >"$work/why" || fail "$(sed 1q "$work/why")"
holds 'no entry is missing, up to the record of this export'

# --- signatures, by the keys enrolled before -------------------------------------------------

thumbprint() { # RFC 7638: kid of a key in hex, as base64url
    case $1 in
        EdDSA) jwk="{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"$(to_url "$2")\"}" ;;
        *)
            point=${2#04}
            y=${point#????????????????????????????????????????????????????????????????}
            jwk="{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"$(to_url "${point%"$y"}")\""
            jwk="$jwk,\"y\":\"$(to_url "$y")\"}"
            ;;
    esac
    print=$(printf '%s' "$jwk" | sha256)
    to_url "${print%% *}"
}

to_url() {
    bytes_of "$1" | openssl base64 -A | sed 'y|+/|-_|; s/=*$//'
}

# Enrol a key: seq, role, what it replaces, kid, alg, key, possession, text of OpenSSH.
enrol() {
    [ ! -e "$work/k/k.$4" ] || fail "entry $1 enrols a key for the second time"
    [ "$(thumbprint "$5" "$6")" = "$4" ] || fail "entry $1: a kid that is not that of its key"
    [ "$6" != "$log_key" ] || fail "entry $1: the log's own key may not sign entries"
    printf 'provenance-desk/enrol@v1\n%s\n%s\n%s\n%s\n' "$origin" "$4" "$2" "$3" >"$work/claim"
    verify "$5" "$6" "$7" "$work/claim" || fail "entry $1: a key that its holder has not claimed"
    printf '%s %s %s %s -\n' "$5" "$6" "$1" "$2" >"$work/k/k.$4"
    printf '%s %s\n' "$4" "$8" >>"$work/roster"
}

fact() { # seq, name: the rest of that line
    sed -n "s/^$1 $2 //p" "$work/facts"
}

end_key() { # seq, kid
    [ -f "$work/k/k.$2" ] || fail "entry $1 ends a key that is not enrolled"
    read -r e_alg e_key e_from e_role e_end <"$work/k/k.$2"
    [ "$e_end" = - ] || fail "entry $1 ends a key that has ended before"
    printf '%s %s %s %s %s\n' "$e_alg" "$e_key" "$e_from" "$e_role" "$1" >"$work/k/k.$2"
}

# Which role signs what; an admin signs everything, and any key may end itself.
may_sign() { # role, type
    case $2 in
        note | endorsed | key.rotated | key.revoked) least=1 ;;
        item.received | item.split | transfer.offered | transfer.accepted | transfer.refused | \
            transfer.closed | accessed | copied | redacted | fixity.checked | exported | \
            disposed | source.noted | erasure.requested | finding | check | dossier | \
            statement | relay | link | retract | reverse | undercut | stake | attribute | \
            grade | report.exported) least=2 ;;
        verdict.signed | verdict.countersigned | verdict.corrected | verdict.withdrawn) least=3 ;;
        log.genesis | key.enrolled | disclosure.erased | trust.changed | policy.changed) least=4 ;;
        *) return 1 ;;
    esac
    case $1 in
        auditor) [ "$least" -le 1 ] ;;
        custodian) [ "$least" -le 2 ] ;;
        editor) [ "$least" -le 3 ] ;;
        admin) return 0 ;;
        *) return 1 ;;
    esac
}

key_record() { # seq, type, kid of the signer, role of the signer
    case $2 in
        key.enrolled)
            [ "$4" = admin ] || fail "entry $1: only an admin enrols keys"
            role=$(fact "$1" role)
            case $role in
                custodian | editor | admin | auditor) ;;
                *) fail "entry $1 enrols a key without a role" ;;
            esac
            read -r c_kid c_alg c_key c_proof c_text <<END
$(fact "$1" key)
END
            enrol "$1" "$role" - "$c_kid" "$c_alg" "$c_key" "$c_proof" "$c_text"
            ;;
        key.rotated)
            [ "$(fact "$1" replaces)" = "$3" ] || fail "entry $1 replaces another key than its own"
            read -r c_kid c_alg c_key c_proof c_text <<END
$(fact "$1" key)
END
            enrol "$1" "$4" "$3" "$c_kid" "$c_alg" "$c_key" "$c_proof" "$c_text"
            end_key "$1" "$3"
            ;;
        key.revoked)
            revoked=$(fact "$1" revoked)
            [ "$revoked" = "$3" ] || [ "$4" = admin ] || fail "entry $1: only an admin revokes"
            end_key "$1" "$revoked"
            ;;
    esac
}

: >"$work/roster"
[ "$(fact 0 charter)" = "$vkey" ] || fail 'the genesis of the log names another log key'
fact 0 admin >"$work/admins"
first=
while read -r c_kid c_alg c_key c_proof c_text; do
    first=${first:-$c_kid}
    enrol 0 admin - "$c_kid" "$c_alg" "$c_key" "$c_proof" "$c_text"
done <"$work/admins"
[ -n "$first" ] || fail 'the genesis names nobody'

signed=0
while read -r seq alg kid _ _ _ type signature _; do
    if [ "$seq" -eq 0 ]; then
        if [ "$type" != log.genesis ] || [ "$kid" != "$first" ]; then
            fail 'the log does not begin with a genesis signed by the first it names'
        fi
    elif [ "$type" = log.genesis ]; then
        fail "entry $seq is a second genesis"
    fi
    [ -f "$work/k/k.$kid" ] || fail "entry $seq is signed by a key that was not enrolled before it"
    read -r k_alg k_key k_from k_role k_end <"$work/k/k.$kid"
    if [ "$seq" -ne 0 ] && [ "$k_from" -ge "$seq" ]; then
        fail "entry $seq is signed by a key that was not enrolled before it"
    fi
    if [ "$k_end" != - ] && [ "$seq" -gt "$k_end" ]; then
        fail "entry $seq is signed by a key that had ended before it"
    fi
    # RFC 8725 section 3.1: the algorithm is the key's; a header that says otherwise fails.
    [ "$alg" = "$k_alg" ] || fail "entry $seq names another algorithm than its key has"
    verify "$k_alg" "$k_key" "$signature" "$work/e/$seq.signed" ||
        fail "the signature of entry $seq is wrong"
    may_sign "$k_role" "$type" ||
        fail "entry $seq: a key of the role $k_role does not sign a record of type $type"
    key_record "$seq" "$type" "$kid" "$k_role"
    signed=$((signed + 1))
done <"$work/table"
holds "every entry is signed by a key enrolled before it, and as its role allows ($signed)"

sort "$work/roster" >"$work/wanted"
awk '{ print $1, $(NF - 1), $NF }' data/allowed_signers | sort >"$work/given"
cmp -s "$work/wanted" "$work/given" || fail 'allowed_signers is not the roster of this log'
holds 'allowed_signers names the keys of the log'

# --- documents -------------------------------------------------------------------------------

awk '$2 == "document" { print $3 }' "$work/facts" | sort -u >"$work/wanted"
sed -n 's|^data/documents/||p' "$work/names" | sort >"$work/given"
cmp -s "$work/wanted" "$work/given" || fail 'the documents are not those that the entries disclose'
awk '$2 ~ /^data\/documents\// && $2 != "data/documents/" $1 { exit 1 }' "$work/sums" ||
    fail 'a document does not have the digest that it is filed under'
holds "every document has the digest that its entry discloses ($(awk 'END { print NR }' "$work/given"))"

printf 'log key: %s\n' "$vkey"
if [ -z "$wanted" ]; then
    printf 'note: compare this log key with one that you got from somewhere else.\n'
fi
printf 'note: report.html and report.json were not compared with the entries; prov check does that.\n'
printf 'OK: %s entries, complete and signed, are in the log of %s entries.\n' "$signed" "$size"
