import Testing

@Suite struct `The nodes for tables` {
    @Test(arguments: [
        (
            #"{"string":{"S":"a,b\r\n1,x\n2\n\n"}}"#,
            #"{"rows":{"A":[{"M":{"a":{"S":"1"},"b":{"S":"x"}}},{"M":{"a":{"S":"2"},"b":{"N":0}}}]},"columns":{"A":[{"S":"a"},{"S":"b"}]}}"#
        ),
        (
            #"{"string":{"S":"\ufeffa;\"b;\"\"\n\"\r\"\";1"},"delimiter":{"S":";"},"header":{"B":false}}"#,
            #"{"rows":{"A":[{"A":[{"S":"a"},{"S":"b;\"\n"}]},{"A":[{"S":""},{"S":"1"}]}]},"columns":{"A":[]}}"#
        ),
        (#"{"string":{"S":""}}"#, #"{"rows":{"A":[]},"columns":{"A":[]}}"#),
        (#"{"string":{"S":"a"}}"#, #"{"rows":{"A":[]},"columns":{"A":[{"S":"a"}]}}"#),
        (
            #"{"string":{"S":"a,\n, b "},"header":{"B":false}}"#,
            #"{"rows":{"A":[{"A":[{"S":"a"},{"S":""}]},{"A":[{"S":""},{"S":" b "}]}]},"columns":{"A":[]}}"#
        ),
        (
            #"{"string":{"S":"name,qty,,\na,1,,\nb,2\nc,3,,,,"}}"#,
            #"{"rows":{"A":[{"M":{"name":{"S":"a"},"qty":{"S":"1"}}},{"M":{"name":{"S":"b"},"qty":{"S":"2"}}},{"M":{"name":{"S":"c"},"qty":{"S":"3"}}}]},"columns":{"A":[{"S":"name"},{"S":"qty"}]}}"#
        ),
        (
            #"{"string":{"S":"a,a,a_2,,a\n1,2,3,4,5"}}"#,
            #"{"rows":{"A":[{"M":{"a":{"S":"1"},"a_3":{"S":"2"},"a_2":{"S":"3"},"column_4":{"S":"4"},"a_4":{"S":"5"}}}]},"columns":{"A":[{"S":"a"},{"S":"a_3"},{"S":"a_2"},{"S":"column_4"},{"S":"a_4"}]}}"#
        ),
        (
            #"{"string":{"S":",column_1\n1,2"}}"#,
            #"{"rows":{"A":[{"M":{"column_1_2":{"S":"1"},"column_1":{"S":"2"}}}]},"columns":{"A":[{"S":"column_1_2"},{"S":"column_1"}]}}"#
        ),
        (
            #"{"string":{"S":"a\n1,x\n2\n3,,y,"},"keep_extra":{"B":true}}"#,
            #"{"rows":{"A":[{"M":{"a":{"S":"1"},"column_2":{"S":"x"}}},{"M":{"a":{"S":"2"},"column_2":{"N":0}}},{"M":{"a":{"S":"3"},"column_2":{"S":""},"column_3":{"S":"y"}}}]},"columns":{"A":[{"S":"a"},{"S":"column_2"},{"S":"column_3"}]}}"#
        ),
        (#"{"string":{"S":"a,\n1,,\n2,,x"}}"#, "failed: row 3 has more fields than the first row"),
        (#"{"string":{"S":",,\n,,"}}"#, #"{"rows":{"A":[{"M":{}}]},"columns":{"A":[]}}"#),
        (#"{"string":{"S":"a\n1,2"}}"#, "failed: row 2 has more fields than the first row"),
        (#"{"string":{"S":"a\n\"1"}}"#, "failed: row 2: a quotation mark without its end"),
        (#"{"string":{"S":"\"a\"b"}}"#, "failed: row 1: text behind a field in quotes"),
        (#"{"string":{"S":"a"},"delimiter":{"S":""}}"#, "failed: delimiter must be one character of ASCII"),
        (#"{"string":{"S":"a"},"delimiter":{"S":"\n"}}"#, "failed: delimiter must be one character of ASCII"),
    ])
    func `csv_parse reads`(inputs: String, result: String) throws {
        #expect(try NodeBench("csv_parse").result(inputs) == result)
    }

    @Test(arguments: [
        (
            #"{"rows":{"A":[{"M":{"a":{"U":"1"},"b":{"S":"x,\"y\""}}},{"M":{"c":{"D":"1.50"},"a":{"N":0}}}]}}"#,
            #"a,b,c\r\n1,\"x,\"\"y\"\"\",\r\n,,1.50\r\n"#
        ),
        (#"{"rows":{"A":[{"A":[{"S":"a b"},{"S":" c"},{"S":"d\n"}]}]}}"#, #"a b,\" c\",\"d\n\"\r\n"#),
        (#"{"rows":{"A":[{"A":[{"S":""}]},{"A":[{"B":true}]}]}}"#, #"\"\"\r\ntrue\r\n"#),
        (
            #"{"rows":{"A":[{"M":{"a":{"U":"1"},"b":{"U":"2"}}}]},"columns":{"A":[{"S":"b"},{"S":"z"}]},"delimiter":{"S":"\t"}}"#,
            #"b\tz\r\n2\t\r\n"#
        ),
        (#"{"rows":{"A":[{"M":{"a":{"U":"1"}}}]},"header":{"B":false}}"#, #"1\r\n"#),
        (#"{"rows":{"A":[]}}"#, ""),
    ])
    func `csv_write writes`(inputs: String, text: String) throws {
        #expect(try NodeBench("csv_write").result(inputs) == #"{"result":{"S":"\#(text)"}}"#)
    }

    @Test(arguments: [
        (#"{"rows":{"A":[{"U":"1"}]}}"#, "row 1 is neither an object nor an array"),
        (#"{"rows":{"A":[{"A":[{"A":[]}]}]}}"#, "cannot write Array([]) as a field"),
        (#"{"rows":{"A":[]},"columns":{"A":[{"U":"1"}]}}"#, "invalid type: integer `1`, expected a string"),
    ])
    func `csv_write says what it cannot write`(inputs: String, message: String) throws {
        #expect(try NodeBench("csv_write").result(inputs) == "failed: \(message)")
    }

    @Test func `csv_parse reads back what csv_write wrote`() throws {
        let rows = #"{"A":[{"A":[{"S":"\"\""},{"S":"\r"},{"S":","}]},{"A":[{"S":" "},{"S":""},{"S":"漢"}]}]}"#
        let written = try NodeBench("csv_write").result(#"{"rows":\#(rows)}"#)
        let text = written.dropFirst(#"{"result":"#.count).dropLast()
        #expect(
            try NodeBench("csv_parse").result(#"{"string":\#(text),"header":{"B":false}}"#)
                == #"{"rows":\#(rows),"columns":{"A":[]}}"#)
    }

    @Test func `csv_parse reads back a field that begins as a mark of the byte order`() throws {
        let rows = #"{"A":[{"A":[{"S":"\#u{feff}a"},{"S":"b"}]}]}"#
        let written = try NodeBench("csv_write").result(#"{"rows":\#(rows)}"#)
        let text = written.dropFirst(#"{"result":"#.count).dropLast()
        #expect(
            try NodeBench("csv_parse").result(#"{"string":\#(text),"header":{"B":false}}"#)
                == #"{"rows":\#(rows),"columns":{"A":[]}}"#)
    }

    @Test func `csv_parse does not blow rows up`() throws {
        let header = (0..<10_000).map { "c\($0)" }.joined(separator: ",")
        let text = header + String(repeating: "\\n1", count: 200)
        #expect(
            try NodeBench("csv_parse").result(#"{"string":{"S":"\#(text)"}}"#)
                == "failed: the result would be larger than 8388608 bytes")
    }
}
