// Fills in what Go prints: reads cases as in fmt.tsv, writes them with the last column as it is here.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

type named struct{ text string }

func (n named) String() string { return n.text }

type failure struct{ text string }

func (f *failure) Error() string { return f.text }

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		var operands []any
		for i, kind := range strings.Fields(fields[2]) {
			operands = append(operands, operand(kind, unescape(fields[3+i])))
		}
		count := 3 + len(operands)
		fmt.Fprintf(out, "%s\t%s\n", strings.Join(fields[:count], "\t"), escape(call(fields[0], unescape(fields[1]), operands)))
	}
}

func call(name, format string, operands []any) string {
	switch name {
	case "sprint":
		return fmt.Sprint(operands...)
	case "sprintln":
		return fmt.Sprintln(operands...)
	case "errorf":
		return fmt.Errorf(format, operands...).Error()
	}
	return fmt.Sprintf(format, operands...)
}

func operand(kind, text string) any {
	signed, _ := strconv.ParseInt(text, 10, 64)
	unsigned, _ := strconv.ParseUint(text, 10, 64)
	switch kind {
	case "bool":
		return text == "true"
	case "int":
		return int(signed)
	case "int8":
		return int8(signed)
	case "int16":
		return int16(signed)
	case "int64":
		return signed
	case "uint8":
		return uint8(unsigned)
	case "uint16":
		return uint16(unsigned)
	case "uint32":
		return uint32(unsigned)
	case "uint64":
		return unsigned
	case "float64":
		return math.Float64frombits(unsigned)
	case "float32":
		return math.Float32frombits(uint32(unsigned))
	case "string":
		return text
	case "bytes":
		return []byte(text)
	case "ints":
		return ints(text)
	case "strings":
		return strings.Split(text, ",")
	case "named":
		return named{text}
	case "error":
		return &failure{text}
	}
	return nil
}

func ints(text string) []int {
	var values []int
	for _, each := range strings.Split(text, ",") {
		value, _ := strconv.Atoi(each)
		values = append(values, value)
	}
	return values
}

// Control characters and backslashes are written \xNN; what is no UTF-8 is U+FFFD.
func escape(text string) string {
	var out strings.Builder
	for _, c := range text {
		if c < ' ' || c == '\\' || c == 0x7f {
			fmt.Fprintf(&out, `\x%02x`, c)
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}

func unescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out.WriteByte(text[i])
			continue
		}
		value, _ := strconv.ParseUint(text[i+2:i+4], 16, 8)
		out.WriteByte(byte(value))
		i += 3
	}
	return out.String()
}
