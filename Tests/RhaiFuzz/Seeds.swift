/// What scripts are made from.
enum Seeds {
    static let operators = [
        "+", "-", "*", "/", "%", "**", "<<", ">>", "&", "|", "^", "&&", "||", "??", "==", "!=", "<", "<=",
        ">", ">=", "in", "!in", "..", "..=",
    ]

    static let functions = [
        "len", "push", "pop", "shift", "insert", "remove", "append", "extract", "splice", "drain", "retain",
        "split", "split_rev", "truncate", "chop", "pad", "clear", "reverse", "sort", "dedup", "map", "filter",
        "for_each", "some", "all", "find",
        "find_map", "index_of", "reduce", "reduce_rev", "contains", "get", "set", "keys", "values", "mixin",
        "fill_with", "to_string", "to_debug", "to_upper", "make_upper", "trim", "replace", "crop",
        "sub_string", "chars", "to_chars", "to_blob",
        "starts_with", "ends_with", "parse_int", "parse_float", "parse_decimal", "to_int", "to_float",
        "to_decimal", "abs", "sign", "floor", "round", "round_up", "sqrt", "ln", "exp", "min", "max",
        "get_bits", "set_bits", "set_bit", "bits",
        "parse_le_int", "write_le", "write_utf8", "to_array", "as_string", "range", "json_encode",
        "json_decode", "sha256", "base58_encode", "base58_decode", "hex_encode", "hex_decode", "rand",
        "shuffle", "sample", "call", "curry", "type_of",
        "is_def_var", "is_def_fn", "print", "debug", "name", "blob", "f", "g", "to_hex", "start", "end",
        "is_empty", "fraction", "scale", "timestamp", "utc_now", "rand_float",
    ]

    static let words =
        operators + functions + [
            "let", "const", "if", "else", "switch", "while", "loop", "for", "in", "break", "continue",
            "return", "throw", "try", "catch", "fn", "this", "true", "false", "(", ")", "[", "]", "{", "}",
            "#{", ",", ";", ":", "=>", "_", ".", "?.", "?[",
            "=", "+=", "!", "`", "${", "\"", "'", "//", "/*", "*/", "0", "1", "-1", "2.5", "x", "y", "a", "b",
            "c", "d", "9223372036854775807", "\"x\"", "'x'", "| x |", "||", "global::x", "do", "until",
        ]

    static let all = [
        "let s = 0 ; for i in 0 .. 100 { s += i * 2 ; } s",
        "let u = () ; let v = () ; if a == b { u = a ; } else { v = #{ left : a , right : b } ; }",
        "fn fib ( n ) { if n < 2 { n } else { fib ( n - 1 ) + fib ( n - 2 ) } } fib ( 12 )",
        "let f = | x | x + a ; [ 1 , 2 , 3 ] . map ( f ) . reduce ( | s , x | s + x , 0 )",
        "try { throw #{ code : 5 } ; } catch ( e ) { if e . code == 5 { x = 1 ; } else { throw ; } }",
        "switch a { 1 | 2 => \"x\" , 3 .. 9 if b . len > 3 => { let y = 5 ; y } _ => () }",
        "let m = #{ a : [ 1 , 2 , #{ b : 3 } ] } ; m . a [ 2 ] . b += 4 ; m . a . push ( m ) ; m . a [ - 1 ] . a . len",
        "let s = \"\" ; for ( c , i ) in b { s += `${ i } : ${ c } ,` ; } s . trim ( ) ; s . split ( \",\" )",
        "let x = loop { a += 1 ; if a > 10 { break a * 2 ; } } ; do { x -= 1 ; } until x < 3 ; x",
        "let n = 0 ; let inc = | | n += 1 ; inc . call ( ) ; inc . call ( ) ; n",
        "d ?. k ?? 5 + d [ \"l\" ] [ 0 ] ** 2 << 3",
        "let a = [ ] ; let f = | | a ; a . push ( f ) ; a . len",
        "fn add ( v ) { this . push ( v ) ; this . len } c . add ( 5 ) + c . add ( 6 )",
        "json_decode ( json_encode ( d ) ) == d && sha256 ( b ) != hex_encode ( e )",
        "let q = 0b1010 ; q [ 0 ] = true ; q [ 4 .. 8 ] = 9 ; q . get_bits ( 0 , 4 ) + q [ - 1 .. 3 ]",
        "c . sort ( | x , y | 1 ) ; c . drain ( | x , i | i == 1 ) ; c",
        "// x\nlet y = /* a /* b */ */ 5 ; `a ${ `b ${ y } c` } d`",
        "const K = [ 1 , 2 ] ; fn k ( ) { global :: K [ 1 ] } k ( ) + ENV . X . len",
        "let z = Decimal ( \"1.50\" ) * 3 / 7 ; z . round ( 2 ) + z . sqrt ( ) - z ** 3",
        "let s = \"x\" ; loop { s += s ; }", "let r = ( ) ; loop { r = [ r ] ; }",
        "fn deep ( n ) { deep ( n + 1 ) } deep ( 0 )",
        "let g = ( ) ; for i in 0 .. 500 { let h = g ; g = | | h ; } g",
        "let p = Fn ( \"len\" ) ; p . call ( b ) + [ b ] . map ( p ) [ 0 ] + curry ( | x , y | x - y , 9 ) . call ( 2 )",
    ]
}
