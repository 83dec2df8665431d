#!/usr/bin/perl
# Run a command with the system calls a systemd unit leaves it, and no others:
#
#   as_unit.pl UNIT COMMAND [ARGUMENT]...
#
# From the unit: SystemCallFilter (sets as systemd-analyze knows them),
# RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute. What the
# unit would refuse with an error ends the process with SIGSYS here, so that
# nothing refused goes unnoticed; only where systemd itself answers in a way
# programs are used to (no such address family, no clone3), so does this.
# Sources: systemd.exec(5), seccomp(2); for amd64.
use strict;
use warnings;

my $numbers = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';

use constant {
	ALLOW => 0x7fff0000, ERRNO => 0x00050000, KILL => 0x80000000,
	EAFNOSUPPORT => 97, ENOSYS => 38, EPERM => 1,
	PROT_WRITE => 2, PROT_EXEC => 4,
	ARCH_AMD64 => 0xc000003e,
	AT_NUMBER => 0, AT_ARCH => 4, AT_ARGUMENT => 16,    # struct seccomp_data
	LOAD => 0x20, AND => 0x54, JEQ => 0x15, JGE => 0x35, RETURN => 0x06,
	PRCTL => 157, SET_SECCOMP => 22, SET_NO_NEW_PRIVS => 38, FILTER => 2,
};
my %family = (AF_UNIX => 1, AF_INET => 2, AF_INET6 => 10, AF_NETLINK => 16);

sub read_numbers {
	my %number;
	open my $in, '<', $numbers or die "$numbers: $!\n";
	while (<$in>) {
		$number{$1} = $2 if /^#define __NR_(\w+) (\d+)/;
	}
	return \%number;
}

# Each set's members, which may be sets.
sub read_sets {
	my (%set, $name);
	open my $in, '-|', 'systemd-analyze', '--no-pager', 'syscall-filter'
		or die "systemd-analyze: $!\n";
	while (<$in>) {
		s/\e\[[0-9;]*m//g;
		if (/^(@\S+)/) { $name = $1 }
		elsif (/^# /)  { $name = undef }
		elsif ($name && /^\s+(@?\w[\w-]*)/) { push @{ $set{$name} }, $1 }
	}
	return \%set;
}

sub expand {
	my ($sets, $word) = @_;
	return $word unless $word =~ /^@/;
	die "no such set of system calls: $word\n" unless $sets->{$word};
	return map { expand($sets, $_) } @{ $sets->{$word} };
}

sub read_unit {
	my %unit = (SystemCallFilter => [], RestrictAddressFamilies => []);
	open my $in, '<', $_[0] or die "$_[0]: $!\n";
	while (<$in>) {
		next unless /^(\w+)=(.*)$/;
		if (ref $unit{$1}) { push @{ $unit{$1} }, $2 }
		else               { $unit{$1} = $2 }
	}
	return \%unit;
}

sub allowed {
	my ($unit) = @_;
	my $sets = read_sets();
	my %allowed = map { $_ => 1 } expand($sets, '@default');
	for my $line (@{ $unit->{SystemCallFilter} }) {
		my $is_denial = $line =~ s/^~//;
		for my $call (map { expand($sets, $_) } split ' ', $line) {
			if ($is_denial) { delete $allowed{$call} }
			else            { $allowed{$call} = 1 }
		}
	}
	$allowed{execve} = 1;    # systemd's own, to start the program
	return \%allowed;
}

my @code;
sub op { push @code, pack 'SCCL', @_ }
sub give_back { op(RETURN, 0, 0, $_[0]) }

# Unless the call is this one, skip what follows.
sub when {
	my ($number, @then) = @_;
	op(JEQ, 0, scalar @then, $number);
	op(@$_) for @then;
}

sub deny_bits {    # call, its argument, bits that may not all be there
	my ($number, $argument, $bits) = @_;
	when($number,
		[ LOAD, 0, 0, AT_ARGUMENT + 8 * $argument ],
		[ AND, 0, 0, $bits ],
		[ JEQ, 0, 1, $bits ],
		[ RETURN, 0, 0, KILL ],
		[ RETURN, 0, 0, ALLOW ]);
}

sub compile {
	my ($unit, $allowed, $number) = @_;
	op(LOAD, 0, 0, AT_ARCH);
	op(JEQ, 1, 0, ARCH_AMD64);
	give_back(KILL);
	op(LOAD, 0, 0, AT_NUMBER);
	when($number->{clone3}, [ RETURN, 0, 0, ERRNO | ENOSYS ])
		if $unit->{RestrictNamespaces};
	delete @{$allowed}{qw(unshare setns)} if $unit->{RestrictNamespaces};
	if ($unit->{MemoryDenyWriteExecute}) {
		deny_bits($number->{mmap}, 2, PROT_WRITE | PROT_EXEC);
		deny_bits($number->{mprotect}, 2, PROT_EXEC);
		delete $allowed->{pkey_mprotect};
	}
	my @families = map { $family{$_} or die "unknown family $_\n" }
		map { split } @{ $unit->{RestrictAddressFamilies} };
	when($number->{socket},
		[ LOAD, 0, 0, AT_ARGUMENT ],
		(map { ([ JEQ, 0, 1, $_ ], [ RETURN, 0, 0, ALLOW ]) } @families),
		[ RETURN, 0, 0, ERRNO | EAFNOSUPPORT ]) if @families;
	for my $call (sort grep { defined $number->{$_} } keys %$allowed) {
		when($number->{$call}, [ RETURN, 0, 0, ALLOW ]);
	}
	give_back(KILL);
}

die "usage: as_unit.pl UNIT COMMAND [ARGUMENT]...\n" if @ARGV < 2;
my $unit = read_unit(shift);
die "the unit has no SystemCallFilter\n" unless @{ $unit->{SystemCallFilter} };
compile($unit, allowed($unit), read_numbers());
my $code = join '', @code;
my $program = pack 'Sx6P', scalar @code, $code;
syscall(PRCTL, SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "no_new_privs: $!\n";
syscall(PRCTL, SET_SECCOMP, FILTER, $program, 0, 0) == 0 or die "seccomp: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
