package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// mostDays keeps a number of days within what a duration holds, and typing
// errors out.
const mostDays = 3650

// ParseDuration also knows days, in which people count longer times.
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= mostDays {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fault.New(fault.Invalid, "%q is not a length of time.", s).WithHint("Write it like 12h or 90d.")
	}
	return d, nil
}
