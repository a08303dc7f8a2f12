import Testing

@Suite struct `Arrays` {
    @Test(arguments: [
        ScriptCase("[1, 2, 3]", "[1, 2, 3]"), ScriptCase("[]", "[]"),
        ScriptCase("[1, [2, \"x\"], ]", "[1, [2, \"x\"]]"), ScriptCase("[1, 2, 3][-1]", "3"),
        ScriptCase("let a = [1, 2]; a[0] = 9; a", "[9, 2]"),
        ScriptCase("let a = [1, 2]; a[-1] = 9; a", "[1, 9]"),
        ScriptCase(
            "[1, 2][2]", "[IndexNotFound] line 1:7: array index 2 is out of bounds: there are 2 elements"),
        ScriptCase(
            "[1][-2]", "[IndexNotFound] line 1:4: array index -2 is out of bounds: there are 1 elements"),
        ScriptCase(
            "let a = [1]; a[1] = 2",
            "[IndexNotFound] line 1:15: array index 1 is out of bounds: there are 1 elements"),
        ScriptCase(
            "[1][\"x\"]", "[TypeMismatch] line 1:4: a value of type 'array' has no index of type 'string'"),
        ScriptCase("5.5[0]", "[IndexNotFound] line 1:4: a value of type 'f64' cannot be indexed"),
        ScriptCase("let a = [[1, 2], [3]]; a[0][1] = 7; a", "[[1, 7], [3]]"),
        ScriptCase("let a = [1]; let b = a; b.push(2); a", "[1]"), ScriptCase("[1, 2, 3].len", "3"),
        ScriptCase("[].is_empty()", "true"), ScriptCase("[[1]]?[0]?[0]", "1"),
        ScriptCase("let a = (); a?[0]", "()"),
    ])
    func `are read and written by place`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("let a = [1]; a.push(2); a.push([3]); a", "[1, 2, [3]]"),
        ScriptCase("let a = [1]; push(a, 2); a", "[1, 2]"),
        ScriptCase("let a = [1]; a.append([2, 3]); a", "[1, 2, 3]"),
        ScriptCase("let a = [1, 3]; a.insert(1, 2); a", "[1, 2, 3]"),
        ScriptCase("let a = [1]; a.insert(99, 2); a.insert(-1, 5); a", "[1, 5, 2]"),
        ScriptCase("let a = [1, 2]; [a.pop(), a]", "[2, [1]]"), ScriptCase("let a = []; a.pop()", "()"),
        ScriptCase("let a = [1, 2]; [a.shift(), a]", "[1, [2]]"), ScriptCase("[].shift()", "()"),
        ScriptCase("let a = [1, 2, 3]; [a.remove(1), a]", "[2, [1, 3]]"),
        ScriptCase("let a = [1]; a.remove(7)", "()"),
        ScriptCase("let a = [1, 2, 3]; a.reverse(); a", "[3, 2, 1]"),
        ScriptCase("let a = [3, 1, 2]; a.sort(); a", "[1, 2, 3]"),
        ScriptCase("let a = [\"b\", \"a\"]; a.sort(); a", "[\"a\", \"b\"]"),
        ScriptCase("let a = [1.5, 1]; a.sort(); a", "[1, 1.5]"),
        ScriptCase(
            "let a = [1, \"a\"]; a.sort()",
            "[TypeMismatch] line 1:20: values of types 'i64' and 'string' have no order; sort them with a function"
        ),
        ScriptCase("let a = [3, 1, 2]; a.sort(|x, y| y - x); a", "[3, 2, 1]"),
        ScriptCase(
            "let a = [\"ccc\", \"a\", \"bb\"]; a.sort(|x, y| x.len - y.len); a", "[\"a\", \"bb\", \"ccc\"]"),
        ScriptCase(
            "let a = []; for i in 0..50 { a.push((i * 37) % 50); } a.sort(|x, y| x - y); a == counted();\nfn counted() { let r = []; for i in 0..50 { r.push(i); } r }",
            "true"),
        ScriptCase("let a = [1, 2, 3, 4]; a.truncate(2); a", "[1, 2]"),
        ScriptCase("let a = [1, 2, 3, 4]; a.chop(2); a", "[3, 4]"),
        ScriptCase("let a = [1]; a.pad(3, 0); a", "[1, 0, 0]"),
        ScriptCase("let a = [1, 2]; a.clear(); a", "[]"),
        ScriptCase("[1, 2, 3, 4].extract(1, 2)", "[2, 3]"), ScriptCase("[1, 2, 3, 4].extract(-2)", "[3, 4]"),
        ScriptCase("[1, 2, 3, 4].extract(1..=2)", "[2, 3]"),
        ScriptCase("let a = [1, 2, 3]; [a.split(1), a]", "[[2, 3], [1]]"),
        ScriptCase("let a = [1, 2, 3, 4]; [a.drain(1, 2), a]", "[[2, 3], [1, 4]]"),
        ScriptCase("let a = [1, 2, 3, 4]; [a.retain(1, 2), a]", "[[1, 4], [2, 3]]"),
        ScriptCase("let a = [1, 2, 3]; a.splice(1, 1, [8, 9]); a", "[1, 8, 9, 3]"),
        ScriptCase("let a = [1, 2, 3]; a.splice(0..2, []); a", "[3]"),
        ScriptCase("let a = [1, 1, 2, 2, 1]; a.dedup(); a", "[1, 2, 1]"),
        ScriptCase("[1, 2].contains(2)", "true"), ScriptCase("[1, 2, 1].index_of(1, 1)", "2"),
        ScriptCase("[1].index_of(5)", "-1"), ScriptCase("[\"a\", \"b\"].index_of(\"b\")", "1"),
        ScriptCase("[1, 2].get(-1)", "2"), ScriptCase("[1].get(5)", "()"),
        ScriptCase("let a = [1]; a.set(0, 5); a.set(9, 9); a", "[5]"),
        ScriptCase("[1, 256].to_blob()", "bytes[1, 0]"),
    ])
    func `change where they are`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("[1, 2].map(|x| x * 10)", "[10, 20]"), ScriptCase("[5, 6].map(|x, i| x * i)", "[0, 6]"),
        ScriptCase("[5, 6].map(|| this + 1)", "[6, 7]"), ScriptCase("[1, 2, 3].filter(|x| x != 2)", "[1, 3]"),
        ScriptCase("[1, 2].filter(|x| 5)", "[]"),
        ScriptCase("let s = 0; [5, 6].for_each(|i| s += i); s", "1"),
        ScriptCase("let a = [5, 6]; a.for_each(|i| this += i); a", "[5, 7]"),
        ScriptCase("let a = [1, 2]; a.for_each(|| this *= 3); a", "[3, 6]"),
        ScriptCase("[1, 2].some(|x| x > 1)", "true"), ScriptCase("[1, 2].all(|x| x > 1)", "false"),
        ScriptCase("[].all(|x| false)", "true"),
        ScriptCase("[1, 2, 3].find(|x| x > 1)", "2"), ScriptCase("[1].find(|x| x > 1)", "()"),
        ScriptCase("[1, 2, 3].find(|x| x > 0, 1)", "2"),
        ScriptCase("[1, 2].find_map(|x| if x > 1 { x * 5 } else { () })", "10"),
        ScriptCase("[1, 2].index_of(|x| x == 2)", "1"), ScriptCase("[1, 2].index_of(|x| x == 1, -1)", "-1"),
        ScriptCase("[1, 2, 3].reduce(|a, x| (a ?? 0) + x)", "6"),
        ScriptCase("[1, 2, 3].reduce(|a, x| a + x, 10)", "16"),
        ScriptCase("[1, 2, 3].reduce(|a, x, i| a + x * i, 0)", "8"),
        ScriptCase("[1, 2, 3].reduce_rev(|a, x| a + x, \"\")", "\"321\""),
        ScriptCase("[1, 2].reduce_rev(|a, x, i| (a ?? 0) + i)", "1"),
        ScriptCase("let a = [1, 2, 3]; [a.drain(|x| x > 1), a]", "[[2, 3], [1]]"),
        ScriptCase("let a = [1, 2, 3]; [a.retain(|x| x > 1), a]", "[[1], [2, 3]]"),
        ScriptCase("let a = [1, 2, 12, 5]; a.dedup(|x, y| x % 10 == y % 10); a", "[1, 2, 5]"),
        ScriptCase("map([1], |x| x + 1)", "[2]"),
        ScriptCase("[1, 2].map(|x| x / 0)", "[ArithmeticError] line 1:18: division by zero: 1 / 0"),
        ScriptCase("[1].map(5)", "[FunctionNotFound] line 1:4: function not found: map (array, i64)"),
        ScriptCase("[1].map(|a, b, c| a)", "[FunctionNotFound] line 1:4: function not found: anon$0 (i64)"),
        ScriptCase("[[3, 1], [2]].map(|r| r.map(|x| x + 1))", "[[4, 2], [3]]"),
        ScriptCase("let m = #{l: [1, 2, 3]}; m.l.retain(|x| x != 2); m", "{l: [1, 3]}"),
        ScriptCase("[1, 2, 3].filter(|x| x > 1).map(|x| x * 2).reduce(|a, x| a + x, 0)", "10"),
    ])
    func `work with functions`(_ example: ScriptCase) { example.check() }
}

@Suite struct `Maps` {
    @Test(arguments: [
        ScriptCase("#{}", "{}"),
        ScriptCase("#{b: 1, a: 2, \"x y\": 3, `q`: 4}", "{b: 1, a: 2, x y: 3, q: 4}"),
        ScriptCase("#{a: 1}.a", "1"), ScriptCase("#{a: 1}[\"a\"]", "1"), ScriptCase("#{a: 1}.zz", "()"),
        ScriptCase("#{a: 1}[\"zz\"]", "()"),
        ScriptCase("let m = #{a: 1}; m.b = 2; m[\"c d\"] = 3; m.a = 9; m", "{a: 9, b: 2, c d: 3}"),
        ScriptCase(
            "let m = #{}; m.a.b", "[PropertyNotFound] line 1:17: unknown property 'b' of a value of type '()'"
        ),
        ScriptCase(
            "let m = #{}; m.a.b = 1",
            "[PropertyNotFound] line 1:17: unknown property 'b' of a value of type '()'"),
        ScriptCase("let m = #{}; m?.a?.b", "()"), ScriptCase("let m = (); m?.a?.b.c", "()"),
        ScriptCase("let m = (); m?.a = 5; m", "()"),
        ScriptCase("let m = #{a: #{b: [1]}}; m.a.b[0] = 5; m", "{a: {b: [5]}}"),
        ScriptCase("#{a: 1, a: 2}", "[ParseError] line 1:9: property 'a' is there twice"),
        ScriptCase("#{default: 1, if: 2}.default", "1"),
        ScriptCase("5.x", "[PropertyNotFound] line 1:2: unknown property 'x' of a value of type 'i64'"),
        ScriptCase("#{a: 1}[1]", "[TypeMismatch] line 1:8: a value of type 'map' has no index of type 'i64'"),
        ScriptCase("let m = #{a: ()}; m", "{a: null}"),
        ScriptCase("let m = #{a: 1}; let n = m; n.a = 2; m", "{a: 1}"),
        ScriptCase("\"a\" in #{a: ()}", "true"), ScriptCase("#{f: |x| x + 1}.f(2)", "3"),
        ScriptCase("#{f: |x| x + 1}.f.call(2)", "3"),
    ])
    func `keep their order`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("#{a: 1, b: 2}.len()", "2"), ScriptCase("#{}.is_empty()", "true"),
        ScriptCase("#{a: 1, b: 2}.keys()", "[\"a\", \"b\"]"), ScriptCase("#{a: 1, b: 2}.values()", "[1, 2]"),
        ScriptCase("#{a: 1}.contains(\"a\")", "true"), ScriptCase("#{a: 1}.get(\"q\")", "()"),
        ScriptCase("let m = #{}; m.set(\"k\", 1); m", "{k: 1}"),
        ScriptCase("let m = #{a: 1, b: 2, c: 3}; [m.remove(\"a\"), m]", "[1, {b: 2, c: 3}]"),
        ScriptCase("let m = #{}; m.remove(\"a\")", "()"),
        ScriptCase("let m = #{a: 1}; m.mixin(#{b: 2, a: 3}); m", "{a: 3, b: 2}"),
        ScriptCase("let m = #{a: 1}; m.fill_with(#{b: 2, a: 3}); m", "{a: 1, b: 2}"),
        ScriptCase("let m = #{a: 1}; m.clear(); m", "{}"),
        ScriptCase("#{a: 1, b: 2}.filter(|k, v| v > 1)", "{b: 2}"),
        ScriptCase("let m = #{a: 1, b: 2}; [m.drain(|k, v| k == \"a\"), m]", "[{a: 1}, {b: 2}]"),
        ScriptCase("let m = #{a: 1, b: 2}; [m.retain(|k, v| v == 1), m]", "[{b: 2}, {a: 1}]"),
        ScriptCase("#{a: [1, #{b: ()}]}.to_json()", "\"{\"a\":[1,{\"b\":null}]}\""),
        ScriptCase("let m = #{}; for i in 0..100 { m[`k${i}`] = i; } m.k57 + m[\"k99\"] + m.len()", "256"),
        ScriptCase(
            "let m = #{}; for i in 0..100 { m[`k${i}`] = i; } for i in 0..98 { m.remove(`k${i}`); } m",
            "{k98: 98, k99: 99}"),
    ])
    func `have functions`(_ example: ScriptCase) { example.check() }
}

@Suite struct `Blobs and bits` {
    @Test(arguments: [
        ScriptCase("blob()", "bytes[]"), ScriptCase("blob(3)", "bytes[0, 0, 0]"),
        ScriptCase("blob(2, 300)", "bytes[44, 44]"), ScriptCase("blob(2, 7)[1]", "7"),
        ScriptCase("let b = blob(2); b[-1] = 511; b", "bytes[0, 255]"),
        ScriptCase(
            "blob(1)[1]", "[IndexNotFound] line 1:8: blob index 1 is out of bounds: there are 1 elements"),
        ScriptCase("let b = blob(1, 1); b.push(2); b += 3; b.append(\"A\"); b", "bytes[1, 2, 3, 65]"),
        ScriptCase("let b = blob(1, 1); b.insert(0, 9); [b.pop(), b.shift(), b]", "[1, 9, bytes[]]"),
        ScriptCase("blob(2, 1) + blob(1, 2)", "bytes[1, 1, 2]"), ScriptCase("blob(3).len", "3"),
        ScriptCase("\"abc\".to_blob().as_string()", "\"abc\""),
        ScriptCase(
            "let b = \"abcd\".to_blob(); b.reverse(); b.truncate(3); b.chop(2); b.as_string()", "\"cb\""),
        ScriptCase("let b = \"abcd\".to_blob(); [b.split(1).as_string(), b.as_string()]", "[\"bcd\", \"a\"]"),
        ScriptCase(
            "let b = \"abcd\".to_blob(); [b.drain(1..3).as_string(), b.as_string()]", "[\"bc\", \"ad\"]"),
        ScriptCase(
            "let b = \"abcd\".to_blob(); [b.retain(1, 2).as_string(), b.as_string()]", "[\"ad\", \"bc\"]"),
        ScriptCase("\"abcd\".to_blob().extract(1, 2).as_string()", "\"bc\""),
        ScriptCase(
            "let b = \"abcd\".to_blob(); b.splice(1, 2, \"XYZ\".to_blob()); b.as_string()", "\"aXYZd\""),
        ScriptCase("let b = blob(1); b.pad(3, 9); b", "bytes[0, 9, 9]"),
        ScriptCase("let b = blob(8); b.write_le(0, 8, 258); b", "bytes[2, 1, 0, 0, 0, 0, 0, 0]"),
        ScriptCase("let b = blob(8); b.write_be(0..8, 258); b.parse_be_int(0, 8)", "258"),
        ScriptCase("let b = blob(8); b.write_le(0, 8, 1.5); b.parse_le_float(0, 8)", "1.5"),
        ScriptCase("let b = blob(4); b.write_utf8(0, 4, \"aé\"); b", "bytes[97, 195, 169, 0]"),
        ScriptCase("let b = blob(4); b.write_ascii(1..4, \"aéb\"); b", "bytes[0, 97, 98, 0]"),
        ScriptCase("blob(2, 5).to_array()", "[5, 5]"), ScriptCase("5 in blob(1, 5)", "true"),
        ScriptCase("blob(2, 10).to_string()", "\"[0a0a]\""),
        ScriptCase("blob(32)", "b32[0, 0]"), ScriptCase("blob(64, 1)", "b64[1, 1]"),
        ScriptCase("let b = blob(3, 1); b.remove(0); b.clear(); b.len", "0"),
        ScriptCase("blob(1).get(5)", "0"),
    ])
    func `are bytes`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("5[0]", "true"), ScriptCase("5[1]", "false"), ScriptCase("(-1)[-1]", "true"),
        ScriptCase("5[64]", "[IndexNotFound] line 1:2: bit index 64 is out of bounds: there are 64 elements"),
        ScriptCase("let x = 0; x[3] = true; x", "8"), ScriptCase("let x = 15; x[0] = false; x", "14"),
        ScriptCase("0b110110[1..4]", "3"), ScriptCase("0b110110[1..=4]", "11"),
        ScriptCase("let x = 0; x[4..8] = 15; x", "240"), ScriptCase("let x = 0; x[4..8] = 31; x", "240"),
        ScriptCase("(-1)[0..63]", "9223372036854775807"), ScriptCase("10.get_bit(1)", "true"),
        ScriptCase("let x = 0; x.set_bit(2, true); x", "4"),
        ScriptCase("240.get_bits(4, 4)", "15"),
        ScriptCase("240.get_bits(4..8)", "15"), ScriptCase("let x = 0; x.set_bits(0, 3, 5); x", "5"),
        ScriptCase("let x = 0; x.set_bits(1..=2, 3); x", "6"),
        ScriptCase("let n = 0; for b in 5.bits() { if b { n += 1; } } n", "2"),
        ScriptCase("5.bits(0, 3)", "[true, false, true]"),
        ScriptCase("let a = [0]; a[0][1] = true; a", "[2]"),
    ])
    func `are parts of numbers`(_ example: ScriptCase) { example.check() }
}
