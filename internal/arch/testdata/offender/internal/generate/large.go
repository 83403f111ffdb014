package generate

import "sync"

var pool = sync.Pool{}

type Undocumented interface {
	A()
	B()
	C()
	D()
	E()
	F()
	G()
	H()
}

func Undocumented2(a, b, c, d, e, f int) {}
