#include "gateway/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* The IPv4 address inside any sockaddr, if there is one. */
static bool as_ipv4(const struct sockaddr *address, struct in_addr *out)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (address->sa_family == AF_INET) {
		memcpy(&four, address, sizeof(four));
		*out = four.sin_addr;
		return true;
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&six, address, sizeof(six));
	if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
		return false;
	memcpy(out, six.sin6_addr.s6_addr + 12, sizeof(*out));
	return true;
}

char *address_text(const struct sockaddr *address, char out[ADDRESS_TEXT_LEN])
{
	char host[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in6 six; /* its port lies where IPv4 has it, too */
	struct in_addr four;

	if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
		return strcpy(out, "unknown");
	if (as_ipv4(address, &four)) {
		memcpy(&six.sin6_port,
		       (const char *)address +
			       offsetof(struct sockaddr_in6, sin6_port),
		       sizeof(six.sin6_port));
		inet_ntop(AF_INET, &four, host, sizeof(host));
		snprintf(out, ADDRESS_TEXT_LEN, "%s:%u", host,
			 (unsigned)ntohs(six.sin6_port));
		return out;
	}
	memcpy(&six, address, sizeof(six));
	inet_ntop(AF_INET6, &six.sin6_addr, host, sizeof(host));
	snprintf(out, ADDRESS_TEXT_LEN, "[%s]:%u", host,
		 (unsigned)ntohs(six.sin6_port));
	return out;
}

bool address_is_loopback(const struct sockaddr *address)
{
	struct sockaddr_in6 six;
	struct in_addr four;

	if (as_ipv4(address, &four))
		return ntohl(four.s_addr) >> 24 == 127;
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&six, address, sizeof(six));
	return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}
