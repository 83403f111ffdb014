package generate

import "encoding/binary"

// dice throws reproducible numbers: the SplitMix64 generator.
type dice uint64

// golden is 2^64 divided by the golden ratio, made odd: the step of SplitMix64.
const golden = 0x9e3779b97f4a7c15

// roll gives the dice of one thing. Different things have unrelated dice.
func (p *portfolio) roll(k kind, index int64) dice {
	return dice(mix(mix(p.seed+golden*uint64(k+1)) + golden*uint64(index)))
}

// uuid is an id in binary form.
type uuid [16]byte

// id gives the id of one thing, in the form of a random UUID (version 4). It has dice of its own, so that making an
// entity's id does not depend on what else is known of it.
func (p *portfolio) id(k kind, index int64) uuid {
	d := ^p.roll(k, index)
	var id uuid
	binary.BigEndian.PutUint64(id[:8], d.next())
	binary.BigEndian.PutUint64(id[8:], d.next())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (d *dice) next() uint64 {
	*d += golden
	return mix(uint64(*d))
}

// mix is the finalizer of SplitMix64: a permutation of the 64-bit numbers.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1. The bias of the modulus is of no account here.
func (d *dice) below(n int64) int64 { return int64(d.next() % uint64(n)) }

// between gives a number from low to high.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }

// chance is true in percent of a hundred throws.
func (d *dice) chance(percent int64) bool { return d.below(100) < percent }

// pick gives one of the values.
func pick[T any](d *dice, values []T) T { return values[d.below(int64(len(values)))] }
