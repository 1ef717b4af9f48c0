#!/bin/sh
# wapiti and sqlmap against a fresh demo on loopback: as nobody and as somebody who
# is signed in and has a paper open. About a quarter of an hour. Reports are left in
# build-scan/reports; docs/security.md explains what they find. Ends with 1 when the
# server did not stand it: gone, not healthy, an error or a sanitizer's word in its log.
#
#   SCAN_BUILD=build-check   scan that build (one with sanitizers, say) instead of a
#                            release build in build-scan
#   SCAN_SECONDS=15          for each module of wapiti; sqlmap has four times that an address
set -eu
cd "$(dirname "$0")/.."
seconds=${SCAN_SECONDS:-15}
build=$PWD/${SCAN_BUILD:-build-scan}
reports=$PWD/build-scan/reports
unit=SGDDT-THPT-HV	# of the demo's contest
round=chinh-thuc

tools/build.sh "$(basename "$build")" -Dbuildtype=release
ninja -C "$build" --quiet src/cli/hoithi

dir=$(mktemp -d "${TMPDIR:-/tmp}/hoithi-scan.XXXXXX")
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
rm -rf "$reports"
mkdir -p "$reports" "$dir/home" "$dir/config"

# The tools keep what they remember in a home that goes with the folder.
as_guest() {
	HOME=$dir/home "$@"
}

start() {
	: >"$dir/address"
	"$build/src/cli/hoithi" demo --people 200 --listen 127.0.0.1:0 --data "$dir/demo" \
		>"$dir/address" 2>"$reports/server.log" &
	server=$!
	tries=0
	until url=$(grep -o 'http://127[.0-9:]*' "$dir/address"); do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
			echo "the server did not start:" >&2
			tail -n 20 "$reports/server.log" >&2
			exit 1
		fi
		sleep 0.1
	done
	home=$(fetch nobody "$url/" -o /dev/null -w '%{redirect_url}')
	phone=$(sed -n 's/.*điện thoại \([0-9 ]*\),.*/\1/p' "$dir/address")
	password=$(sed -n 's/.*mật khẩu \(.*\)$/\1/p' "$dir/address")
}

# fetch WHO ADDRESS OPTION …: with the cookies of that browser.
fetch() {
	jar=$dir/$1.jar
	address=$2
	shift 2
	curl -s -b "$jar" -c "$jar" "$@" "$address"
}

token_of() {
	fetch "$1" "$2" | grep -o 'name="_token" value="[^"]*"' | head -n 1 | cut -d '"' -f 4
}

cookie_of() {
	awk '$6 == "hoithi" { print $7 }' "$dir/$1.jar"
}

sign_in() {
	token=$(token_of somebody "$home/dang-nhap")
	fetch somebody "$home/dang-nhap" -o /dev/null --data-urlencode "_token=$token" \
		--data-urlencode "sdt=$phone" --data-urlencode "matkhau=$password"
	token=$(token_of somebody "$home/vao-thi")
	paper=$(fetch somebody "$home/vao-thi" -o /dev/null -w '%{redirect_url}' \
		--data-urlencode "_token=$token")
	case $paper in
	*/bai-thi/*) ;;
	*)
		echo "the demo's contestant could not start a paper: $paper" >&2
		exit 1
		;;
	esac
}

# Not ssrf and xxe, which ask a machine of wapiti's makers (nothing here fetches or
# reads XML); not nikto and wapp, which fetch their lists.
modules=backup,blindsql,brute_login_form,buster,cookieflags,crlf,csp,csrf,exec,file
modules=$modules,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss

# wapiti of Debian 12 cannot leave an address out (-x): its pattern is none for this
# Python. Signing out, or withdrawing consent, would end what needs a session.
cat >"$dir/wapiti.py" <<-'END'
	import fnmatch, re
	from wapitiCore.main import wapiti
	from wapitiCore.net import crawler
	crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
	wapiti.wapiti_main()
END
# A list that it would fetch at its start, whether it is used or not.
echo '{}' >"$dir/config/apps.json"

# run_wapiti NAME OPTION …
run_wapiti() {
	name=$1
	shift
	echo "  wapiti, $name …" >&2
	as_guest timeout $((seconds * 40)) /usr/bin/python3 "$dir/wapiti.py" -u "$url/" \
		--scope folder -m "$modules" \
		--flush-session --store-session "$dir/wapiti-$name" --store-config "$dir/config" \
		--no-bugreport -t 10 -d 4 \
		--max-scan-time $((seconds * 4)) --max-attack-time "$seconds" \
		--max-links-per-page 40 --max-files-per-dir 30 --max-parameters 20 \
		-x "$home/dang-xuat" -x "$home/du-lieu/rut-lai" -v 1 \
		-f json -o "$reports/wapiti-$name.json" "$@" \
		>"$reports/wapiti-$name.log" 2>&1 || echo "  wapiti, $name: ended with $?" >&2
}

# run_sqlmap NAME WHO ADDRESS OPTION …
run_sqlmap() {
	name=$1
	cookie=$(cookie_of "$2")
	echo "  sqlmap, $name …" >&2
	address=$3
	shift 3
	as_guest timeout $((seconds * 4)) sqlmap -u "$address" --cookie "hoithi=$cookie" --batch \
		--dbms SQLite --level 2 --risk 1 --timeout 10 --retries 1 --skip-waf --threads 2 \
		--drop-set-cookie --disable-coloring --flush-session --output-dir "$dir/sqlmap" "$@" \
		>"$reports/sqlmap-$name.log" 2>&1 || [ $? = 124 ] || echo "  sqlmap, $name: failed" >&2
}

scan_addresses() {
	run_sqlmap units nobody "$home/don-vi?dv=$unit" -p dv
	run_sqlmap choice nobody "$home/dang-ky?nhom=nhom1&tren=G-TINH&q=so" -p nhom,tren,q
	run_sqlmap results nobody "$home/ket-qua?dot=$round" -p dot
	run_sqlmap rules nobody "$home/the-le?ban=1" -p ban
	run_sqlmap practice nobody "$home/thi-thu?de=1&tl=1" -p de,tl
	run_sqlmap news nobody "$home/tin-tuc/2024-09-20-khai-mac*"
	run_sqlmap paper somebody "$paper*"
	run_sqlmap cookie somebody "$home/toi" -p hoithi
}

# The forms with a token of this browser, which is made more than three seconds
# before it is used.
scan_forms() {
	token=$(token_of nobody "$home/dang-nhap")
	sleep 4
	run_sqlmap sign-in nobody "$home/dang-nhap" \
		--data "_token=$token&sdt=0912345678&matkhau=khong-phai-the" -p sdt,matkhau
	run_sqlmap forgot nobody "$home/quen-mat-khau" \
		--data "_token=$token&sdt=0912345678&ma=0123456789&matkhau=khong-phai-the" -p sdt,ma
	run_sqlmap register nobody "$home/dang-ky" --data "_token=$token&nhom=nhom1&dv=$unit\
&hoten=Nguyen%20Van%20An&ngaysinh=01011980&sdt=0912345678&matkhau=khong-phai-the&dongy=1" \
		-p nhom,dv,hoten,ngaysinh,sdt
}

# What each tool says it found: wapiti a line a kind, sqlmap what it suspected and what
# became of that.
summary() {
	python3 - "$reports" <<-'END'
		import glob, json, os, sys
		for path in sorted(glob.glob(sys.argv[1] + "/wapiti-*.json")):
		    report = json.load(open(path, encoding="utf-8"))
		    print(os.path.basename(path))
		    for part in ("vulnerabilities", "anomalies", "additionals"):
		        for kind, found in report[part].items():
		            if found:
		                print(f"  {part}: {kind}: {len(found)}")
		for path in sorted(glob.glob(sys.argv[1] + "/sqlmap-*.log")):
		    text = open(path, encoding="utf-8", errors="replace").read()
		    said = [line for line in text.splitlines()
		            if "appears to be" in line and "injectable" in line
		            or "is vulnerable" in line or "might be injectable" in line
		            or "false positive" in line and "WARNING" in line]
		    print(os.path.basename(path), f"{len(said)} lines" if said else "nothing")
		    for line in said:
		        print("  " + line)
	END
}

# What has to hold after it all.
check_server() {
	bad=0
	health=$(curl -s -m 10 "$url/suc-khoe" || :)
	[ "$health" = ok ] || { echo "the server is not healthy: '$health'"; bad=1; }
	kill -0 "$server" 2>/dev/null || { echo "the server is gone"; bad=1; }
	if grep -E ' error |Sanitizer|runtime error' "$reports/server.log"; then
		echo "its log has the lines above"
		bad=1
	fi
	echo "$(grep -c ' http: ' "$reports/server.log") requests answered," \
		"$(grep -c ' http: [a-z.-]* 5' "$reports/server.log" || :) of them with 5xx"
}

start
sign_in
run_wapiti nobody -s "$home" -s "$home/dang-ky?nhom=nhom1&dv=$unit" -s "$home/dang-nhap" \
	-s "$home/quen-mat-khau" -s "$home/thi-thu" -s "$home/don-vi"
run_wapiti somebody -H "Cookie: hoithi=$(cookie_of somebody)" -s "$home/toi" -s "$paper"
[ "$(fetch somebody "$home/toi" -o /dev/null -w '%{http_code}')" = 200 ] ||
	echo "  the session did not last: what needs one was not scanned to the end" >&2
scan_addresses
scan_forms
wapiti --version 2>&1 | grep -E '^Wapiti [0-9]'
echo "sqlmap $(sqlmap --version 2>/dev/null | grep -E '^[0-9]')"
summary
check_server
[ "$bad" = 0 ]
