// Does with files what its arguments say, as test/guests/go-files.ts does. Prints a line for each.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

var file *os.File

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func tell(err error) string {
	if err == nil {
		return "<nil>"
	}
	// Since Go 1.23 a file that was closed is ErrClosed to Stat, too.
	text := strings.Replace(err.Error(), "use of closed file", "file already closed", 1)
	return fmt.Sprint(text, " ", err == io.EOF, " ", errors.Is(err, os.ErrClosed) || text != err.Error())
}

func open(flag int) string {
	opened, err := os.OpenFile("file", flag, 0o640)
	file = opened
	return tell(err)
}

func stat() string {
	info, err := file.Stat()
	if err != nil {
		return tell(err)
	}
	line := fmt.Sprint(info.Name(), " ", info.Size(), " ", int(info.Mode().Perm()), " ", info.IsDir(), " ", info.Mode().IsRegular())
	if named, err := os.Stat(file.Name()); err == nil {
		line += fmt.Sprint(" ", info.ModTime().Equal(named.ModTime()))
	}
	return line
}

func perform(words []string) string {
	switch words[0] {
	case "create":
		return open(os.O_RDWR | os.O_CREATE | os.O_TRUNC)
	case "open":
		return open(os.O_RDONLY)
	case "append":
		return open(os.O_RDWR | os.O_APPEND)
	case "stdin":
		file = os.Stdin
		return ""
	case "seek":
		n, err := file.Seek(number(words[1]), int(number(words[2])))
		return fmt.Sprint(n, " ", tell(err))
	case "read":
		buffer := make([]byte, number(words[1]))
		n, err := file.Read(buffer)
		return fmt.Sprint(string(buffer[:n]), " ", tell(err))
	case "readat":
		buffer := make([]byte, number(words[1]))
		n, err := file.ReadAt(buffer, number(words[2]))
		return fmt.Sprint(n, " ", strconv.Quote(string(buffer[:n])), " ", tell(err))
	case "write":
		n, err := file.WriteString(words[1])
		return fmt.Sprint(n, " ", tell(err))
	case "writeat":
		n, err := file.WriteAt([]byte(words[1]), number(words[2]))
		return fmt.Sprint(n, " ", tell(err))
	case "stat":
		return stat()
	case "remove":
		return tell(os.Remove("file"))
	case "close":
		return tell(file.Close())
	}
	panic(words[0])
}

func main() {
	for _, each := range os.Args[1:] {
		fmt.Println(perform(strings.Split(each, ":")))
	}
}
