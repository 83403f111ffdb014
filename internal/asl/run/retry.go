package run

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"landfall/internal/asl"
)

// persist attempts the state until it succeeds or the first retrier that matches has used up its attempts.
// Each retrier counts for itself, and from zero whenever the state is entered.
func (v *visit) persist(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
	used := make([]int, len(v.Retry))
	for {
		output, err := v.attempt(ctx, input)
		f, failed := asFailure(err)
		if !failed || stopped(ctx) != nil {
			return output, err
		}
		i := v.retrier(f)
		if i < 0 || used[i] >= v.Retry[i].Attempts() {
			return nil, f
		}
		if err := v.Sleep(ctx, v.delay(&v.Retry[i], used[i])); err != nil {
			return nil, err
		}
		used[i]++
	}
}

// retrier returns the index of the first retrier that matches, or -1.
func (v *visit) retrier(f *Failure) int {
	for i := range v.Retry {
		if asl.Matches(v.Retry[i].ErrorEquals, f.Name) {
			return i
		}
	}
	return -1
}

// delay returns how long to wait before a retry when the retrier has used so many.
func (x *execution) delay(r *asl.Retrier, used int) time.Duration {
	interval, rate := float64(max(r.IntervalSeconds, 1)), r.BackoffRate
	if rate == 0 {
		rate = 2
	}
	longest := float64(math.MaxInt64 / int64(time.Second) / 2)
	if r.MaxDelaySeconds > 0 {
		longest = float64(r.MaxDelaySeconds)
	}
	d := time.Duration(min(interval*math.Pow(rate, float64(used)), longest) * float64(time.Second))
	if r.JitterStrategy == "FULL" {
		d = x.Jitter(d)
	}
	return d
}

// wait is a Wait state. When it is resumed it waits its whole time again.
func (v *visit) wait(ctx context.Context, input json.RawMessage) error {
	seconds := v.Seconds
	if v.SecondsPath != "" {
		if err := decode(input, v.SecondsPath, &seconds); err != nil {
			return err
		}
		if seconds < 0 {
			return failf(asl.Runtime, "the path %s leads to a negative time", v.SecondsPath)
		}
	}
	return v.Sleep(ctx, time.Duration(seconds)*time.Second)
}
