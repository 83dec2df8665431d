#!/usr/bin/perl
# Peers that hold a listener by doing next to nothing, each on a connection of its
# own, and come back at once when they are closed:
#
#   slow_peers.pl silent|dribble|hello|request NUMBER PORT
#
#   silent   connect, and say nothing
#   dribble  a byte of a TLS handshake each second
#   hello    a whole ClientHello, and nothing behind it
#   request  a byte of an HTTP request each second, in plain
#
# Says "up" once all are there. Ends on SIGTERM, with 0, and tells how often it was
# closed.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use IO::Handle;
use Socket;
use Time::HiRes qw(sleep time);

use constant SLICES => 20;

my ($kind, $number, $port) = @ARGV;
my $address = pack_sockaddr_in($port, INADDR_LOOPBACK);
STDOUT->autoflush(1);
$SIG{PIPE} = 'IGNORE';
my $is_over = 0;
$SIG{TERM} = sub { $is_over = 1 };

# RFC 5246, 7.4.1.2: one suite, P-256, ECDSA with SHA-256.
my $extensions = pack('H*', '000a000400020017' . '000b00020100' . '000d000400020403');
my $body = pack('n', 0x0303) . ("\x5a" x 32) . "\0" . pack('n n', 2, 0xc02b) .
	"\1\0" . pack('n', length $extensions) . $extensions;
my $hello = "\x16\x03\x01" . pack('n', 4 + length $body) .
	"\1\0" . pack('n', length $body) . $body;
my %text = (silent => '', dribble => $hello, hello => $hello,
	request => "GET / HTTP/1.1\r\nX-Slow: " . ('a' x 4000));
die "no such kind: $kind\n" unless exists $text{$kind};
my $step = $kind eq 'hello' ? length $hello : 1;

sub come {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
	connect($s, $address) or return { };
	$s->blocking(0);
	return { socket => $s, at => 0 };
}

my $closed = 0;

sub act {
	my $peer = shift;
	my $s = $peer->{socket} or return 0;
	my $n = sysread($s, my $answer, 4096);
	return 0 if defined $n ? $n == 0 : $! != EAGAIN && $! != EINTR;
	my $part = substr($text{$kind}, $peer->{at}, $step);
	# The last byte of a handshake is never said.
	return 1 if $part eq '' || ($kind eq 'dribble' && $peer->{at} + 1 == length $hello);
	$peer->{at} += syswrite($s, $part) || 0;
	return 1;
}

my @peers = map { come() } 1 .. $number;
act($_) for @peers;
print "up\n";
# Not all in the same moment: a slice of them each twentieth of a second.
for (my $slice = 0; !$is_over; $slice = ($slice + 1) % SLICES) {
	my $from = time;
	for (my $i = $slice; $i < @peers; $i += SLICES) {
		next if act($peers[$i]);
		$closed++;
		$peers[$i] = come();
		act($peers[$i]);
	}
	my $left = 1 / SLICES - (time() - $from);
	sleep($left) if $left > 0 && !$is_over;
}
print "closed $closed times\n";
