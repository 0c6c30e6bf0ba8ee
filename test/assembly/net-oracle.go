// Answers what Go says, one line of hexadecimal digits per line of input: a function and its arguments.
// A text or bytes are an x and hexadecimal digits; - is nil.
package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

func bytesOf(word string) []byte {
	if word == "-" {
		return nil
	}
	bytes, err := hex.DecodeString(word[1:])
	if err != nil {
		panic(err)
	}
	return bytes
}

func text(word string) string { return string(bytesOf(word)) }

func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return n
}

func show(bytes []byte) string {
	if bytes == nil {
		return "nil"
	}
	return hex.EncodeToString(bytes)
}

var longGroup = regexp.MustCompile("[0-9A-Fa-f]{5}")

// Go 1.19 lets a group of IPv6 have more than four digits, against RFC 4291: its one difference from inet_pton(3).
func parse(s string) net.IP {
	if longGroup.MatchString(s) {
		return nil
	}
	return net.ParseIP(s)
}

func describe(ip net.IP) string {
	if ip == nil {
		return "nil"
	}
	return fmt.Sprint(show(ip), " ", ip, " ", show(ip.To4()), " ", show(ip.To16()), " ", show(ip.DefaultMask()), " ",
		ip.IsUnspecified(), ip.IsLoopback(), ip.IsPrivate(), ip.IsMulticast(), ip.IsInterfaceLocalMulticast(),
		ip.IsLinkLocalMulticast(), ip.IsLinkLocalUnicast(), ip.IsGlobalUnicast())
}

func cidr(s string) string {
	ip, network, err := net.ParseCIDR(s)
	if slash := strings.IndexByte(s, '/'); err == nil && parse(s[:slash]) == nil {
		err = &net.ParseError{Type: "CIDR address", Text: s}
	}
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(show(ip), " ", show(network.IP), " ", network.Mask, " ", network, " ", network.Network())
}

func split(s string) string {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return err.Error()
	}
	return host + "|" + port
}

func address(words []string) net.Addr {
	switch words[0] {
	case "tcp":
		return &net.TCPAddr{IP: bytesOf(words[1]), Port: number(words[2]), Zone: text(words[3])}
	case "udp":
		return &net.UDPAddr{IP: bytesOf(words[1]), Port: number(words[2]), Zone: text(words[3])}
	case "ip":
		return &net.IPAddr{IP: bytesOf(words[1]), Zone: text(words[3])}
	case "unix":
		return &net.UnixAddr{Name: text(words[1]), Net: text(words[3])}
	}
	return nil
}

func failure(kind string, number int) error {
	switch kind {
	case "errno":
		return syscall.Errno(number)
	case "syscall":
		return os.NewSyscallError("connect", syscall.Errno(number))
	case "closed":
		return net.ErrClosed
	case "deadline":
		return os.ErrDeadlineExceeded
	case "connected":
		return net.ErrWriteToConnected
	case "network":
		return net.UnknownNetworkError("x")
	case "invalid":
		return net.InvalidAddrError("no address")
	case "parse":
		return &net.ParseError{Type: "IP address", Text: "x"}
	case "config":
		return &net.DNSConfigError{Err: syscall.Errno(number)}
	case "dns":
		server := ""
		if number&8 != 0 {
			server = "127.0.0.1:53"
		}
		return &net.DNSError{Err: "no such host", Name: "name.example", Server: server, IsTimeout: number&1 != 0,
			IsTemporary: number&2 != 0, IsNotFound: number&4 != 0}
	}
	return &net.AddrError{Err: "missing port in address", Addr: kind}
}

func tell(err error) string {
	timeout, ok := err.(interface{ Timeout() bool })
	temporary, isNet := err.(net.Error)
	return fmt.Sprint(err, " ", ok && timeout.Timeout(), isNet && temporary.Temporary(), errors.Is(err, net.ErrClosed),
		errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrExist),
		errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ECONNREFUSED))
}

func answer(words []string) string {
	switch words[0] {
	case "parse":
		return describe(parse(text(words[1])))
	case "describe":
		return describe(bytesOf(words[1]))
	case "equal":
		return fmt.Sprint(net.IP(bytesOf(words[1])).Equal(bytesOf(words[2])))
	case "mask":
		return show(net.IP(bytesOf(words[1])).Mask(bytesOf(words[2])))
	case "size":
		mask := net.IPMask(bytesOf(words[1]))
		ones, bits := mask.Size()
		return fmt.Sprint(mask, " ", ones, " ", bits)
	case "cidrmask":
		return show(net.CIDRMask(number(words[1]), number(words[2])))
	case "cidr":
		return cidr(text(words[1]))
	case "network":
		network := net.IPNet{IP: bytesOf(words[1]), Mask: bytesOf(words[2])}
		return fmt.Sprint(network.String(), " ", network.Contains(bytesOf(words[3])))
	case "split":
		return split(text(words[1]))
	case "join":
		return net.JoinHostPort(text(words[1]), text(words[2]))
	case "address":
		made := address(words[1:])
		return made.Network() + " " + made.String()
	case "fail":
		return tell(failure(words[1], number(words[2])))
	case "operation":
		err := failure(words[3], number(words[4]))
		return tell(&net.OpError{Op: text(words[1]), Net: text(words[2]), Source: address(words[5:9]),
			Addr: address(words[9:]), Err: err})
	}
	panic(words[0])
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Println(hex.EncodeToString([]byte(answer(strings.Split(lines.Text(), " ")))))
	}
}
