(; Grows its memory page by page. Exits with 0 once memory.grow answers -1 at the ;)
(; size of 16 pages that the test's limit allows, and with 1 if that comes at another. ;)
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $proc_exit (i32.ne (memory.size) (i32.const 16)))))
