// What scripts are made from.

/// Operators and functions of the language.
enum RhaiWords {
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
}
