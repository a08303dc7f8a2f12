import Nodes
import Testing

@Suite struct `The nodes that calculate with dates` {
    // MARK: date_add

    @Test(arguments: [
        ("2026-01-31T10:00:00Z", #""months":{"U":"1"}"#, "2026-02-28T10:00:00Z"),
        ("2024-01-31T10:00:00Z", #""months":{"U":"1"}"#, "2024-02-29T10:00:00Z"),
        ("2024-02-29T10:00:00Z", #""years":{"I":"-1"}"#, "2023-02-28T10:00:00Z"),
        ("2026-03-31T00:00:00Z", #""months":{"I":"-13"}"#, "2025-02-28T00:00:00Z"),
        ("2026-12-31T00:00:00Z", #""months":{"D":"2"},"days":{"U":"1"}"#, "2027-03-01T00:00:00Z"),
        ("2026-12-31T23:59:59.5Z", #""weeks":{"U":"1"},"seconds":{"U":"1"}"#, "2027-01-08T00:00:00.500Z"),
        ("2026-01-01T00:00:00Z", #""hours":{"I":"-1"},"minutes":{"I":"-1"}"#, "2025-12-31T22:59:00Z"),
        ("0001-01-01T00:00:00Z", #""years":{"U":"9998"}"#, "9999-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", #""days":{"N":0}"#, "2026-01-01T00:00:00Z"),
        // Noon stays noon when clocks are put forward or back, and a day of 24 hours does not.
        ("2026-03-28T11:00:00Z", #""days":{"U":"1"},"zone":{"S":"Europe/Berlin"}"#, "2026-03-29T10:00:00Z"),
        ("2026-03-28T11:00:00Z", #""hours":{"U":"24"},"zone":{"S":"Europe/Berlin"}"#, "2026-03-29T11:00:00Z"),
        // 02:30 is left out on that day: it is 03:30. 02:30 is there twice on the other: it is the first.
        ("2026-03-28T01:30:00Z", #""days":{"U":"1"},"zone":{"S":"Europe/Berlin"}"#, "2026-03-29T01:30:00Z"),
        ("2026-10-24T00:30:00Z", #""days":{"U":"1"},"zone":{"S":"Europe/Berlin"}"#, "2026-10-25T00:30:00Z"),
        // The second 02:30 stays the second one if the calendar does not move.
        ("2026-10-25T01:30:00Z", #""days":{"U":"0"},"zone":{"S":"Europe/Berlin"}"#, "2026-10-25T01:30:00Z"),
    ])
    func `date_add moves the calendar, then the clock`(time: String, amounts: String, result: String) throws {
        let inputs = #"{"time":{"S":"\#(time)"}\#(amounts.isEmpty ? "" : ",")\#(amounts)}"#
        #expect(try NodeBench("date_add").result(inputs).hasPrefix(#"{"time":{"S":"\#(result)"}"#))
    }

    @Test(arguments: [
        (#""years":{"U":"9999"}"#, "the time is not between the years 1 and 9999"),
        (#""days":{"I":"-9223372036854775808"}"#, "the time is not between the years 1 and 9999"),
        (#""seconds":{"U":"9223372036854775807"}"#, "the time is not between the years 1 and 9999"),
        (
            #""years":{"U":"316224000000"},"months":{"U":"316224000000"},"weeks":{"U":"316224000000"},"hours":{"U":"316224000000"}"#,
            "the time is not between the years 1 and 9999"
        ),
        (#""days":{"D":"1.5"}"#, "invalid type: floating point `1.5`, expected i64"),
        (#""zone":{"S":"Europe/Atlantis"}"#, "there is no time zone `Europe/Atlantis`"),
        (#""zone":{"S":"../../etc/passwd"}"#, "there is no time zone of this name"),
        (#""zone":{"S":""}"#, "there is no time zone ``"),
    ])
    func `date_add says what it cannot do`(amounts: String, message: String) throws {
        let inputs = #"{"time":{"S":"2026-01-01T00:00:00Z"},\#(amounts)}"#
        let result = try NodeBench("date_add").result(inputs)
        #expect(result == "failed: \(message)")
    }

    // MARK: date_diff

    @Test(arguments: [
        ("2026-01-31", "2026-02-28", "months", 1), ("2026-02-28", "2026-01-31", "months", 0),
        ("2026-02-28", "2026-01-28", "months", -1), ("2024-02-29", "2025-02-28", "years", 1),
        ("2020-05-01", "2026-04-30", "years", 5), ("2026-04-30", "2020-05-01", "years", -5),
        ("2026-01-01", "2026-12-31", "quarters", 3), ("2026-01-01", "2026-01-14", "weeks", 1),
        ("2026-01-01T12:00:00Z", "2026-01-03T11:59:59Z", "days", 1),
        ("2026-01-03T11:59:59Z", "2026-01-01T12:00:00Z", "days", -1),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:59:59.999Z", "hours", 1),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "milliseconds", -500),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "seconds", 0),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "days", 3_652_058),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "milliseconds", 315_537_897_599_000),
        ("2026-01-01", "2026-01-01", "years", 0),
        ("2026-01-01T01:00:00+02:00", "2025-12-31T23:00:00Z", "seconds", 0),
    ])
    func `date_diff counts whole units`(from: String, to: String, unit: String, result: Int) throws {
        let inputs = #"{"from":{"S":"\#(from)"},"to":{"S":"\#(to)"},"unit":{"S":"\#(unit)"}}"#
        #expect(try NodeBench("date_diff").result(inputs) == #"{"result":{"I":"\#(result)"}}"#)
    }

    @Test func `date_diff counts days as clocks show them`() throws {
        let times = #""from":{"S":"2026-03-28T11:00:00Z"},"to":{"S":"2026-03-29T10:00:00Z"}"#
        #expect(try NodeBench("date_diff").result("{\(times)}") == #"{"result":{"I":"0"}}"#)
        #expect(
            try NodeBench("date_diff").result(#"{\#(times),"zone":{"S":"Europe/Berlin"}}"#)
                == #"{"result":{"I":"1"}}"#)
    }

    // MARK: Parts and zones

    @Test(arguments: [
        (
            "2027-01-01T00:30:00Z", "America/New_York",
            "2026 12 31 19 30 0 0 4 365 4 53 2026 -05:00"
        ),
        ("2021-01-03T12:00:00.000000001Z", "UTC", "2021 1 3 12 0 0 1 1 3 7 53 2020 Z"),
        ("2024-12-30T00:00:00Z", "Asia/Kathmandu", "2024 12 30 5 45 0 0 4 365 1 1 2025 +05:45"),
        ("0001-01-01T00:00:00Z", "UTC", "1 1 1 0 0 0 0 1 1 1 1 1 Z"),
        ("9999-12-31T23:59:59Z", "UTC", "9999 12 31 23 59 59 0 4 365 5 52 9999 Z"),
        ("9999-06-30T22:00:00Z", "Europe/Berlin", "9999 7 1 0 0 0 0 3 182 4 26 9999 +02:00"),
        // Before there was a standard time the offset is cut to minutes, in the text and on the clock.
        ("1800-01-01T00:00:00Z", "Europe/Berlin", "1800 1 1 0 53 0 0 1 1 3 1 1800 +00:53"),
    ])
    func `date_parts takes a time apart, in every zone`(time: String, zone: String, parts: String) throws {
        let names = [
            "year", "month", "day", "hour", "minute", "second", "nanosecond", "quarter", "day_of_year",
            "weekday",
            "week", "week_year",
        ]
        let words = parts.split(separator: " ")
        let numbers = zip(names, words).map { #""\#($0)":{"U":"\#($1)"}"# }.joined(separator: ",")
        #expect(
            try NodeBench("date_parts").result(#"{"time":{"S":"\#(time)"},"zone":{"S":"\#(zone)"}}"#)
                == #"{\#(numbers),"offset":{"S":"\#(words[12])"}}"#)
    }

    @Test(arguments: [
        ("2026-07-01T12:00:00Z", "Europe/Berlin", "rfc3339", "2026-07-01T14:00:00+02:00"),
        ("2026-12-31T23:30:00Z", "Europe/Berlin", "YYYY-'W'ww-e Q xx", "2026-W53-5 1 +0100"),
        ("2026-07-01", "America/New_York", "yyyy-MM-dd HH:mm XXX", "2026-07-01 00:00 -04:00"),
    ])
    func `date_format knows zones, weeks and quarters`(
        time: String, zone: String, format: String, text: String
    ) throws {
        let inputs = #"{"time":{"S":"\#(time)"},"zone":{"S":"\#(zone)"},"format":{"S":"\#(format)"}}"#
        #expect(try NodeBench("date_format").result(inputs) == #"{"result":{"S":"\#(text)"}}"#)
    }

    @Test func `date_parse reads a text that says no offset by the clocks of a zone`() throws {
        for (text, time) in [
            ("2026-07-01 12:00", "2026-07-01T10:00:00Z"), ("2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ] {
            let inputs =
                #"{"string":{"S":"\#(text)"},"format":{"S":"yyyy-MM-dd HH:mm"},"zone":{"S":"Europe/Berlin"}}"#
            #expect(try NodeBench("date_parse").result(inputs).hasPrefix(#"{"time":{"S":"\#(time)"}"#))
        }
    }
}
