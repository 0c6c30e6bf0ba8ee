// Does what its arguments say, two by two, as test/guests/go-names.ts does. Prints a line for each.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
)

func tell(err error) string {
	text := err.Error()
	var unknown *net.DNSError
	// Since Go 1.23 an unknown port is a DNSError; before, and here, it is an AddrError.
	if errors.As(err, &unknown) && unknown.Err == "unknown port" {
		text = strings.Replace(text, unknown.Error(), "address "+unknown.Name+": unknown port", 1)
		return text
	}
	if unknown != nil && unknown.IsNotFound {
		text += " [not found]"
	}
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		text += " [timeout]"
	}
	if temporary, ok := err.(net.Error); ok && temporary.Temporary() {
		text += " [temporary]"
	}
	if errors.Is(err, syscall.EACCES) {
		text += " [EACCES]"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		text += " [ECONNREFUSED]"
	}
	return text
}

func place(addr net.Addr) string { return addr.Network() + " " + addr.String() }

func one(addr net.Addr, err error) string {
	if err != nil {
		return tell(err)
	}
	return addr.String()
}

// portless is the place of what was made, whose port is the kernel's choice.
func portless(addr net.Addr) string {
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return place(addr)
	}
	return addr.Network() + " " + host
}

func perform(how, network, address string) string {
	switch how {
	case "port":
		port, err := net.LookupPort(network, address)
		if err != nil {
			return tell(err)
		}
		return fmt.Sprint(port)
	case "tcpaddr":
		return one(net.ResolveTCPAddr(network, address))
	case "udpaddr":
		return one(net.ResolveUDPAddr(network, address))
	case "ipaddr":
		return one(net.ResolveIPAddr(network, address))
	case "unixaddr":
		return one(net.ResolveUnixAddr(network, address))
	case "connect":
		conn, err := net.Dial(network, address)
		if err != nil {
			return tell(err)
		}
		defer conn.Close()
		return place(conn.RemoteAddr())
	case "listen":
		listener, err := net.Listen(network, address)
		if err != nil {
			return tell(err)
		}
		defer listener.Close()
		return portless(listener.Addr())
	case "listenpacket":
		conn, err := net.ListenPacket(network, address)
		if err != nil {
			return tell(err)
		}
		defer conn.Close()
		return portless(conn.LocalAddr())
	}
	panic(how)
}

// lookUp asks for a name; of what it finds it tells nothing.
func lookUp(how, name string) (string, bool) {
	var err error
	switch how {
	case "host":
		_, err = net.LookupHost(name)
	case "ip4", "ip6", "ip5":
		_, err = net.DefaultResolver.LookupIP(context.Background(), how, name)
	case "cname":
		_, err = net.LookupCNAME(name)
	case "mx":
		_, err = net.LookupMX(name)
	case "ns":
		_, err = net.LookupNS(name)
	case "txt":
		_, err = net.LookupTXT(name)
	case "srv":
		parts := strings.Split(name, "/")
		_, _, err = net.LookupSRV(parts[0], parts[1], parts[2])
	default:
		return "", false
	}
	if err != nil {
		return tell(err), true
	}
	return "found", true
}

func main() {
	for i := 1; i+1 < len(os.Args); i += 2 {
		if found, ok := lookUp(os.Args[i], os.Args[i+1]); ok {
			fmt.Println(found)
			continue
		}
		network, address, _ := strings.Cut(os.Args[i+1], "/")
		fmt.Println(perform(os.Args[i], network, address))
	}
}
