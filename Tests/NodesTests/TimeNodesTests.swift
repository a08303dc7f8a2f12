import Nodes
import Primitives
import TestKit
import Testing
import Values

@Suite struct `The nodes that know the calendar` {
    @Test func `now asks the clock`() throws {
        let clock = Clock(now: { Timestamp(nanoseconds: 1_795_271_025_120_000_000) }, steady: { 0 })
        let none = NodeServices.unavailable
        let services = NodeServices(
            outbound: none.outbound, keyValues: none.keyValues, files: none.files, clock: clock)
        #expect(
            try NodeBench("now", services: services).result()
                == #"{"time":{"S":"2026-11-21T14:23:45.120Z"},"milliseconds":{"I":"1795271025120"}}"#)
    }

    @Test(arguments: [
        ("rfc3339", "Z", "2026-11-05T04:03:09.012Z"), ("rfc3339", "+02:30", "2026-11-05T06:33:09.012+02:30"),
        ("rfc3339", "-05", "2026-11-04T23:03:09.012-05:00"), ("yyyy-MM-dd", "Z", "2026-11-05"),
        ("d.M.yyyy H:m:s", "Z", "5.11.2026 4:3:9"),
        ("EEE, dd MMM yyyy HH:mm:ss xx", "Z", "Thu, 05 Nov 2026 04:03:09 +0000"),
        ("EEEE, d MMMM", "-0500", "Wednesday, 4 November"), ("hh:mm a", "+10:00", "02:03 PM"),
        ("h 'o''clock' a", "+08:00", "12 o'clock PM"), ("''yyyy''", "Z", "'2026'"), ("DDD", "Z", "309"),
        ("S SSS SSSSSSSSS", "Z", "0 012 012000000"), ("HH:mmXXX", "Z", "04:03Z"),
        ("HH:mmXXX", "-01:30", "02:33-01:30"),
        ("漢/yyyy", "Z", "漢/2026"), ("", "Z", ""),
    ])
    func `date_format writes`(format: String, offset: String, text: String) throws {
        let bench = try NodeBench("date_format")
        let options = #""format":{"S":"\#(format)"},"offset":{"S":"\#(offset)"}"#
        let expected = #"{"result":{"S":"\#(text)"}}"#
        #expect(try bench.result(#"{"time":{"S":"2026-11-05T05:03:09.012+01:00"},\#(options)}"#) == expected)
        #expect(try bench.result(#"{"time":{"U":"1793851389012"},\#(options)}"#) == expected)
    }

    @Test(arguments: [
        (#"{"S":"tomorrow"}"#, "yyyy", "Z", "time is not a time of RFC 3339"),
        (#"{"U":"18446744073709551"}"#, "yyyy", "Z", "the time is not between the years 1 and 9999"),
        (#"{"U":"0"}"#, "yy", "Z", "format: 'yy' means nothing"),
        (#"{"U":"0"}"#, "QQ", "Z", "format: 'QQ' means nothing"),
        (#"{"U":"253402300800000"}"#, "yyyy", "Z", "the time is not between the years 1 and 9999"),
        (#"{"I":"-62135596800001"}"#, "yyyy", "Z", "the time is not between the years 1 and 9999"),
        (#"{"S":"0000-12-31T23:59:59Z"}"#, "yyyy", "Z", "the time is not between the years 1 and 9999"),
        (#"{"S":"9999-12-31T23:59:59Z"}"#, "yyyy", "+00:01", "the time is not between the years 1 and 9999"),
        (#"{"S":"0001-01-01T00:00:00Z"}"#, "yyyy", "-00:01", "the time is not between the years 1 and 9999"),
        (#"{"S":"2023-02-29"}"#, "yyyy", "Z", "time is not a time of RFC 3339"),
        (#"{"U":"0"}"#, "'a", "Z", "format: a ' without its end"),
        (#"{"U":"0"}"#, "d", "+2", "offset must be Z or like +02:00"),
        (#"{"U":"0"}"#, "d", "+24:00", "offset must be Z or like +02:00"),
        (#"{"U":"0"}"#, String(repeating: "-", count: 257), "Z", "format: more than 256 bytes"),
    ])
    func `date_format says what it cannot write`(
        time: String, format: String, offset: String, message: String
    ) throws {
        let inputs = #"{"time":\#(time),"format":{"S":"\#(format)"},"offset":{"S":"\#(offset)"}}"#
        #expect(try NodeBench("date_format").result(inputs) == "failed: \(message)")
    }

    @Test(arguments: [
        (#"{"S":"9999-12-31T23:59:59.999999999Z"}"#, "Z", "9999-12-31T23:59:59.999999999Z"),
        (#"{"I":"253402300799000"}"#, "-23:59", "9999-12-31T00:00:59-23:59"),
        (#"{"U":"253402300799999"}"#, "Z", "9999-12-31T23:59:59.999Z"),
        (#"{"S":"0001-01-01"}"#, "Z", "0001-01-01T00:00:00Z"),
        (#"{"S":"0001-01-01"}"#, "-01:00", "0001-01-01T00:00:00-01:00"),
        (#"{"I":"-62135596800000"}"#, "+23:59", "0001-01-01T23:59:00+23:59"),
        (#"{"S":"1582-10-10T12:00:00Z"}"#, "Z", "1582-10-10T12:00:00Z"),
        (#"{"S":"1500-02-28T23:59:59Z"}"#, "+00:01", "1500-03-01T00:00:59+00:01"),
        (#"{"I":"-1"}"#, "Z", "1969-12-31T23:59:59.999Z"),
    ])
    func `date_format takes the years 1 to 9999 of one calendar`(
        time: String, offset: String, text: String
    ) throws {
        #expect(
            try NodeBench("date_format").result(#"{"time":\#(time),"offset":{"S":"\#(offset)"}}"#)
                == #"{"result":{"S":"\#(text)"}}"#)
    }

    @Test(arguments: [
        ("2026-11-05T05:03:09.012+01:00", "rfc3339", "Z", "2026-11-05T04:03:09.012Z"),
        ("2026-11-05", "yyyy-MM-dd", "Z", "2026-11-05T00:00:00Z"),
        ("2026-11-05", "yyyy-MM-dd", "+02:00", "2026-11-04T22:00:00Z"),
        ("5.1.2026 4:3", "d.M.yyyy H:m", "Z", "2026-01-05T04:03:00Z"),
        ("thu, 05 nov 2026 04:03:09 +0100", "EEE, dd MMM yyyy HH:mm:ss xx", "Z", "2026-11-05T03:03:09Z"),
        ("12:30 am", "hh:mm a", "Z", "1970-01-01T00:30:00Z"),
        ("12:30PM", "h:ma", "Z", "1970-01-01T12:30:00Z"),
        ("2024-366", "yyyy-DDD", "Z", "2024-12-31T00:00:00Z"),
        ("at 0.5", "'at' s.S", "Z", "1970-01-01T00:00:00.500Z"),
        ("10:00Z", "HH:mmXXX", "+01:00", "1970-01-01T10:00:00Z"),
        ("31 March 1999", "d MMMM yyyy", "Z", "1999-03-31T00:00:00Z"),
        ("9999-12-31", "yyyy-MM-dd", "Z", "9999-12-31T00:00:00Z"),
        ("0001-01-01", "rfc3339", "Z", "0001-01-01T00:00:00Z"),
        ("2026-W53-5", "YYYY-'W'ww-e", "Z", "2027-01-01T00:00:00Z"),
        ("Fri 2026 W53", "EEE YYYY 'W'ww", "Z", "2027-01-01T00:00:00Z"),
        ("1/2021", "w/YYYY", "Z", "2021-01-04T00:00:00Z"),
        ("Q3 2026", "'Q'Q yyyy", "Z", "2026-07-01T00:00:00Z"),
    ])
    func `date_parse reads`(text: String, format: String, offset: String, time: String) throws {
        let inputs = #"{"string":{"S":"\#(text)"},"format":{"S":"\#(format)"},"offset":{"S":"\#(offset)"}}"#
        let parts = try #require(Timestamp.parts(of: time))
        let milliseconds = parts.seconds * 1_000 + parts.nanoseconds / 1_000_000
        #expect(
            try NodeBench("date_parse").result(inputs)
                == #"{"time":{"S":"\#(time)"},"milliseconds":{"I":"\#(milliseconds)"}}"#)
    }

    @Test(arguments: [
        ("yesterday", "rfc3339", "string is not a time of RFC 3339"),
        ("2026-1-05", "yyyy-MM-dd", "string does not look like format"),
        ("2026-01-05x", "yyyy-MM-dd", "string does not look like format"),
        ("2026", "yyyy-MM", "string does not look like format"),
        ("Foo", "MMM", "string does not look like format"), ("", "a", "string does not look like format"),
        ("1000", "xx", "string does not look like format"),
        ("2026-02-29", "yyyy-MM-dd", "there is no such date or time between the years 1 and 9999"),
        ("2023-366", "yyyy-DDD", "there is no such date or time between the years 1 and 9999"),
        ("2023-000", "yyyy-DDD", "there is no such date or time between the years 1 and 9999"),
        ("2026-00-10", "yyyy-MM-dd", "there is no such date or time between the years 1 and 9999"),
        ("24:00", "HH:mm", "there is no such date or time between the years 1 and 9999"),
        ("13 PM", "hh a", "there is no such date or time between the years 1 and 9999"),
        ("2025-W53-1", "YYYY-'W'ww-e", "there is no such date or time between the years 1 and 9999"),
        ("2026-W00-1", "YYYY-'W'ww-e", "there is no such date or time between the years 1 and 9999"),
        ("2026-W01-8", "YYYY-'W'ww-e", "there is no such date or time between the years 1 and 9999"),
        ("5", "Q", "there is no such date or time between the years 1 and 9999"),
        ("0000", "yyyy", "there is no such date or time between the years 1 and 9999"),
    ])
    func `date_parse says what it cannot read`(text: String, format: String, message: String) throws {
        let inputs = #"{"string":{"S":"\#(text)"},"format":{"S":"\#(format)"}}"#
        #expect(try NodeBench("date_parse").result(inputs) == "failed: \(message)")
    }

    @Test func `what date_format writes date_parse reads back`() throws {
        var generator = SeededGenerator(seed: 7)
        let (writer, reader) = (try NodeBench("date_format"), try NodeBench("date_parse"))
        for _ in 0..<300 {
            let milliseconds = Int64.random(in: -62_000_000_000_000...253_000_000_000_000, using: &generator)
            let minutes = Int.random(in: -1_439...1_439, using: &generator)
            let hours = String(abs(minutes) / 60 + 100).dropFirst()
            let rest = String(abs(minutes) % 60 + 100).dropFirst()
            let offset = (minutes < 0 ? "-" : "+") + hours + ":" + rest
            for format in ["rfc3339", "EEEE dd MMM yyyy hh:mm:ss a SSS xx", "yyyy DDD HH.mm.ss,SSSXXX"] {
                let options = #""format":{"S":"\#(format)"},"offset":{"S":"\#(offset)"}"#
                let written = try writer.result(
                    #"{"time":{"I":"\#(milliseconds)"},\#(options)}"#)
                let text = written.dropFirst(#"{"result":{"S":""#.count).dropLast(3)
                let read = try reader.result(
                    #"{"string":{"S":"\#(text)"},"format":{"S":"\#(format)"}}"#)
                #expect(read.hasSuffix(#""milliseconds":{"I":"\#(milliseconds)"}}"#), "\(text)")
            }
        }
    }
}
