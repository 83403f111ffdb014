package api

// NewSpool and SpoolMemory are for the tests of the spool, whose order no client can force from outside.
var NewSpool = newSpool

const SpoolMemory = spoolMemory
