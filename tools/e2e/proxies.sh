#!/bin/bash
# Calls through real proxies that run the very files of deploy/: TLS ends there.
# Only ports, names and certificates are others.
. "${0%/*}/lib/e2e.bash"
begin proxies "${1:-}"
# shellcheck disable=SC2034 # calls in real time, each through two processes more
ROWS_MAX=4

# Proxies need no rights, so they get none; where the tree is hidden from others
# they run as whoever tests.
as_nobody=()
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if [ "$EUID" -eq 0 ] && "${nobody[@]}" test -r "$PWD/Makefile" 2>/dev/null; then
	as_nobody=("${nobody[@]}")
fi
nginx=$(command -v nginx || echo /usr/sbin/nginx)
haproxy=$(command -v haproxy || echo /usr/sbin/haproxy)

has() { # program
	[ -x "$1" ] && return
	skip "${1##*/} is not installed (make setup)"
	return 1
}

is_open() { # port
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

is_closed() { # port
	! is_open "$1"
}

free_port() { # sets FREE
	FREE=$((20000 + RANDOM % 12000))
	while is_open "$FREE"; do
		FREE=$((20000 + RANDOM % 12000))
	done
}

# The gateway behind FRONT, the port of a proxy that is started next. Its
# configuration beside public_url on standard input.
behind() {
	free_port
	FRONT=$FREE
	model model <<-E
		timing: {first_delta_ms: [40, 80], pause_ms: [0, 20]}
	E
	gateway gateway < <(
		[ -n "${FORWARDED:-}" ] || echo "public_url: https://127.0.0.1:$FRONT"
		cat
	)
	GATEWAY=$PORT
	chmod 777 "$ROW"
	cat "$CERT/cert.pem" "$CERT/key.pem" >"$ROW/both.pem"
	cp "$CERT/cert.pem" "$CERT/key.pem" "$ROW"
	chmod 644 "$ROW"/*.pem
	VOICE_URL=https://127.0.0.1:$FRONT/twilio/voice
	# shellcheck disable=SC2034 # for the calls
	BOT_URL=wss://127.0.0.1:$FRONT/audiocodes/tandem
}

front_up() { # name
	await 30 is_open "$FRONT" || fail "$1 does not start: $(tail -n 3 "$ROW/$1.err")"
}

start_nginx() {
	sed "s|listen 443|listen 127.0.0.1:$FRONT|
		s|127.0.0.1:8080|127.0.0.1:$GATEWAY|
		s|server_name voice.example.com|server_name 127.0.0.1|
		s|/etc/ssl/certs/voice.example.com.pem|$PWD/$ROW/cert.pem|
		s|/etc/ssl/private/voice.example.com.key|$PWD/$ROW/key.pem|" \
		deploy/nginx/tandem.conf >"$ROW/tandem.conf"
	cat >"$ROW/nginx.conf" <<-E
		daemon off;
		pid $PWD/$ROW/nginx.pid;
		error_log stderr;
		worker_processes 2;
		worker_shutdown_timeout 65m;
		events { worker_connections 512; }
		http {
			access_log off;
			client_body_temp_path $PWD/$ROW/temp-body;
			proxy_temp_path $PWD/$ROW/temp-proxy;
			fastcgi_temp_path $PWD/$ROW/temp-fastcgi;
			uwsgi_temp_path $PWD/$ROW/temp-uwsgi;
			scgi_temp_path $PWD/$ROW/temp-scgi;
			include $PWD/$ROW/tandem.conf;
		}
	E
	start nginx "${as_nobody[@]}" "$nginx" -e stderr -c "$PWD/$ROW/nginx.conf"
	front_up nginx
}

start_haproxy() { # port of the admin listener, or none
	sed "s|bind :443|bind 127.0.0.1:$FRONT|
		s|127.0.0.1:8080|127.0.0.1:$GATEWAY|
		s|/etc/haproxy/voice.example.com.pem|$PWD/$ROW/both.pem|
		s|maxconn 20000|maxconn 200|
		s|check port 8081|${1:+check port $1}|" \
		deploy/haproxy/tandem.cfg >"$ROW/haproxy.cfg"
	start haproxy "${as_nobody[@]}" "$haproxy" -W -f "$ROW/haproxy.cfg"
	front_up haproxy
}

start_front() { # nginx or haproxy
	case $1 in
	nginx) start_nginx ;;
	haproxy) start_haproxy ;;
	esac
}

trusting() { # call, name: with the proxy's certificate
	"$@" --ca-file "$CERT/ca.pem"
}

# --- Calls ---

briefly='steps:
- {wait: heard_end, label: greeting}
- {say: caller-thanks}
- {wait: heard_end, label: reply}
- {hangup: true}'

over_twilio() { # proxy
	has "${!1}" || return 0
	behind </dev/null
	start_front "$1"
	trusting call call </dev/null
	sounds_good call
	call_says "upgraded with signatures on" call '.figures.upgrade_status == 101'
	call_says "nothing cut off at the end" call '.figures.cut_ms == 0'
}

over_audiocodes() { # proxy
	has "${!1}" || return 0
	behind </dev/null
	start_front "$1"
	trusting call_bot call </dev/null
	sounds_good call
}

# What the proxy says of the outside is what Twilio signed.
by_forwarded() { # proxy
	has "${!1}" || return 0
	FORWARDED=yes
	behind <<<"proxies: [127.0.0.1]"
	start_front "$1"
	trusting call call <<<"$briefly"
	call_says "upgraded with signatures on" call '.figures.upgrade_status == 101'
}

# Nothing but the carriers' paths gets through.
walls() { # proxy
	local path status

	has "${!1}" || return 0
	behind </dev/null
	start_front "$1"
	for path in / /metrics /healthz /readyz /api/calls; do
		status=$(http_status --cacert "$CERT/ca.pem" "https://127.0.0.1:$FRONT$path")
		[ "$status" = 404 ] || fail "$path is answered with $status"
	done
	status=$(http_status --cacert "$CERT/ca.pem" -X POST "$VOICE_URL")
	[ "$status" = 403 ] || fail "an unsigned webhook is answered with $status"
}

for proxy in nginx haproxy; do
	row "$proxy: a judged call over Twilio, TLS and signatures" over_twilio $proxy
	row "$proxy: a judged call over AudioCodes" over_audiocodes $proxy
	row "$proxy: the signature is for what it says of the outside" by_forwarded $proxy
	row "$proxy: other paths and unsigned requests stay out" walls $proxy
done

# --- Changes while calls go on ---

has_greeted() {
	trace_has model 'any(.[]; .type == "response.done")'
}

# What an administrator does after a change, or for a new certificate.
reload() { # proxy
	has "${!1}" || return 0
	behind </dev/null
	start_front "$1"
	trusting dial call <<<"$briefly"
	await 20 has_greeted || fail "nobody is greeted"
	case $1 in
	nginx) kill -HUP "${PID[nginx]}" ;;
	haproxy) kill -USR2 "${PID[haproxy]}" ;;
	esac
	over call
	sounds_good call
	trusting call_bot next <<<"$briefly"
}
for proxy in nginx haproxy; do
	row "$proxy: a reload disturbs no call, and the next one comes in" reload $proxy
done

answers() { # status
	[ "$(http_status --cacert "$CERT/ca.pem" -X POST "$VOICE_URL")" = "$1" ]
}

# Ready, then gone: who calls then hears from the proxy at once.
haproxy_health() {
	has "$haproxy" || return 0
	behind </dev/null
	start_haproxy "${ADMIN_URL##*:}"
	await 10 answers 403 || fail "a gateway that is ready gets no requests"
	stop gateway 20
	await 10 answers 503 || fail "without a gateway it is not said so"
}
row "haproxy: /readyz decides whether new calls come in" haproxy_health
end
