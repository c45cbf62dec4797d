package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/pattern"
)

// hours are those of the units in which Backstage counts.
const day, month, year = 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour

// isoDuration is the one way of four to write a time: PT30M, P1DT12H.
var isoDuration = pattern.New(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// spokenDuration is another one: 30m, 30 minutes.
var spokenDuration = pattern.New(`^(\d+) *([a-z]+)$`)

// everyOf returns how often a provider of Backstage reads, as a location here
// has it: "" when it does not say. Why tells what of it cannot be taken over.
func everyOf(frequency yaml.Node) (every, why string) {
	if frequency.IsZero() {
		return "", ""
	}
	d, ok := durationOf(frequency)
	switch {
	case !ok:
		return "", "Only times such as {minutes: 30} are understood, so it is read every hour. Say how often: platform catalog schedule -h"
	case d < time.Minute:
		return "1m", fmt.Sprintf("It reads every %s, and nothing is read more often than every minute.", d)
	case d > month:
		return "30d", fmt.Sprintf("It reads every %s, and nothing is read more rarely than every 30 days.", d)
	}
	return catalog.FormatEvery(d), ""
}

func durationOf(n yaml.Node) (time.Duration, bool) {
	var parts map[string]float64
	if n.Kind == yaml.MappingNode && n.Decode(&parts) == nil {
		var sum time.Duration
		for name, count := range parts {
			unit, ok := unitOf(name)
			if !ok || count < 0 || count > 1e6 {
				return 0, false
			}
			sum += time.Duration(count * float64(unit))
		}
		return sum, sum > 0
	}
	text := strings.TrimSpace(n.Value)
	if m := isoDuration().FindStringSubmatch(text); m != nil {
		var sum time.Duration
		for i, unit := range []time.Duration{year, month, 7 * day, day, time.Hour, time.Minute, time.Second} {
			count, _ := strconv.Atoi(m[i+1]) // absent is none
			sum += time.Duration(min(count, 1e6)) * unit
		}
		return sum, sum > 0
	}
	if m := spokenDuration().FindStringSubmatch(strings.ToLower(text)); m != nil {
		count, err := strconv.Atoi(m[1])
		unit, ok := unitOf(m[2])
		return time.Duration(min(count, 1e6)) * unit, err == nil && ok && count > 0
	}
	return 0, false
}

func unitOf(name string) (time.Duration, bool) {
	switch name {
	case "years", "year", "y":
		return year, true
	case "months", "month":
		return month, true
	case "weeks", "week", "w":
		return 7 * day, true
	case "days", "day", "d":
		return day, true
	case "hours", "hour", "h":
		return time.Hour, true
	case "minutes", "minute", "min", "m":
		return time.Minute, true
	case "seconds", "second", "s":
		return time.Second, true
	case "milliseconds", "ms":
		return time.Millisecond, true
	}
	return 0, false
}
