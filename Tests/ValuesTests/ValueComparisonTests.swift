import TestKit
import Testing
import Values

@Suite struct `Comparing values` {
    /// Spec values.md 13.1.
    @Test(arguments: [
        (#"{"U":"1"}"#, #"{"U":"1"}"#, true), (#"{"U":"1"}"#, #"{"I":"1"}"#, false),
        (#"{"U":"1"}"#, #"{"D":"1"}"#, false),
        (#"{"U":"1"}"#, #"{"U1":"1"}"#, false), (#"{"D":"1.0"}"#, #"{"D":"1.00"}"#, true),
        (#"{"F":"NaN"}"#, #"{"F":"NaN"}"#, false),
        (#"{"F":"0"}"#, #"{"F":"-0"}"#, true), (#"{"N":0}"#, #"{"N":0}"#, true),
        (#"{"S":""}"#, #"{"N":0}"#, false),
        (
            #"{"B3":"11111111111111111111111111111111"}"#,
            #"{"BY":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#, false
        ),
        (#"{"A":[{"U":"1"},{"U":"2"}]}"#, #"{"A":[{"U":"2"},{"U":"1"}]}"#, false),
        (#"{"M":{"a":{"U":"1"},"b":{"N":0}}}"#, #"{"M":{"b":{"N":0},"a":{"U":"1"}}}"#, true),
        (#"{"M":{"a":{"U":"1"}}}"#, #"{"M":{"a":{"U":"1"},"b":{"N":0}}}"#, false),
        (#"{"M":{"a":{"U":"1"}}}"#, #"{"M":{"b":{"U":"1"}}}"#, false),
        ("{\"S\":\"\u{E9}\"}", "{\"S\":\"e\u{301}\"}", false),
    ])
    func `equality is structural and typed`(left: String, right: String, areEqual: Bool) throws {
        let (left, right) = (try value(left), try value(right))
        #expect((left == right) == areEqual)
        #expect((right == left) == areEqual)
    }

    /// Spec values.md 13.2: left is less than right.
    @Test(arguments: [
        (#"{"F":"9007199254740992.0"}"#, #"{"U":"9007199254740993"}"#), (#"{"U":"3"}"#, #"{"D":"10"}"#),
        (#"{"I":"-1"}"#, #"{"U":"0"}"#),
        (#"{"D":"0.1"}"#, #"{"F":"0.1"}"#), (#"{"F":"1e300"}"#, #"{"F":"1.1e300"}"#),
        (#"{"U1":"340282366920938463463374607431768211455"}"#, #"{"F":"1e300"}"#),
        (#"{"F":"-1e300"}"#, #"{"I1":"-170141183460469231731687303715884105728"}"#),
        (#"{"D":"0"}"#, #"{"F":"5e-324"}"#),
        (#"{"F":"-5e-324"}"#, #"{"U":"0"}"#),
        (#"{"F":"5e-324"}"#, #"{"D":"0.0000000000000000000000000001"}"#),
        (#"{"D":"79228162514264337593543950335"}"#, #"{"U1":"79228162514264337593543950336"}"#),
        (#"{"D":"-1.5"}"#, #"{"D":"-1.49"}"#),
        (#"{"F":"340282366920938463463374607431768211455"}"#, #"{"F":"1e39"}"#),
        (
            #"{"U1":"340282366920938463463374607431768211455"}"#,
            #"{"F":"340282366920938463463374607431768211456"}"#
        ),
    ])
    func `numbers compare by what they are`(less: String, greater: String) throws {
        let (less, greater) = (try value(less), try value(greater))
        #expect(try less.compared(to: greater) < 0)
        #expect(try greater.compared(to: less) > 0)
        #expect(try less.compared(to: less) == 0)
    }

    @Test(arguments: [
        (#"{"U":"5"}"#, #"{"D":"5.00"}"#), (#"{"I":"-5"}"#, #"{"F":"-5"}"#),
        (#"{"D":"0.5"}"#, #"{"F":"0.5"}"#), (#"{"F":"-0"}"#, #"{"U":"0"}"#),
        (#"{"U1":"5"}"#, #"{"I1":"5"}"#), (#"{"D":"0.000"}"#, #"{"I":"0"}"#),
        (#"{"F":"1e23"}"#, #"{"U1":"99999999999999991611392"}"#),
    ])
    func `equal numbers of different kinds are neither less nor greater`(left: String, right: String) throws {
        #expect(try value(left).compared(to: value(right)) == 0)
        #expect(try value(right).compared(to: value(left)) == 0)
    }

    @Test(arguments: [
        (#"{"S":"abc"}"#, #"{"U":"1"}"#, #"cannot compare non-numeric value: String("abc")"#),
        (#"{"U":"1"}"#, #"{"N":0}"#, "cannot compare to non-numeric value: Null"),
        (#"{"F":"NaN"}"#, #"{"U":"1"}"#, "cannot compare non-finite numeric value: NaN"),
        (#"{"U":"1"}"#, #"{"F":"-inf"}"#, "cannot compare non-finite numeric value: -inf"),
        (#"{"N":0}"#, #"{"N":0}"#, "cannot compare non-numeric value: Null"),
        (#"{"F":"NaN"}"#, #"{"S":""}"#, #"cannot compare to non-numeric value: String("")"#),
    ])
    func `what has no order is refused`(left: String, right: String, message: String) throws {
        let (left, right) = (try value(left), try value(right))
        let error = #expect(throws: ValueComparisonError.self) { try left.compared(to: right) }
        #expect(error?.description == message)
    }

    @Test func `random doubles and decimals compare as their exact texts do`() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<5_000 {
            let decimal = Value.randomDecimal(using: &generator)
            let double = decimal.double
            let order = try Value.f64(double).compared(to: .decimal(decimal))
            #expect(try Value.decimal(decimal).compared(to: .f64(double)).signum() == -order.signum())
            // The nearest double of a decimal lies within half a step of it.
            #expect(try Value.f64(double.nextUp).compared(to: .decimal(decimal)) > 0)
            #expect(try Value.f64(double.nextDown).compared(to: .decimal(decimal)) < 0)
        }
    }

    @Test(arguments: [
        (#"{"U":"5"}"#, "U64(5)"), (#"{"I":"-5"}"#, "I64(-5)"), (#"{"U1":"5"}"#, "U128(5)"),
        (#"{"I1":"5"}"#, "I128(5)"), (#"{"S":"a\"b\\\n"}"#, #"String("a\"b\\\n")"#),
        (#"{"N":0}"#, "Null"), (#"{"B":true}"#, "Bool(true)"), (#"{"D":"1.0"}"#, "Decimal(1.0)"),
        (#"{"F":"1"}"#, "F64(1.0)"),
        (#"{"B3":"11111111111111111111111111111111"}"#, #"B32("11111111111111111111111111111111")"#),
        (#"{"BY":"aGVs"}"#, "Bytes(3)"),
        (#"{"A":[{"U":"1"},{"N":0}]}"#, "Array([U64(1), Null])"),
        (#"{"M":{"k":{"N":0},"l":{"U":"1"}}}"#, #"Map({"k": Null, "l": U64(1)})"#),
    ])
    func `debug text names the kind`(tagged: String, text: String) throws {
        #expect(try value(tagged).debugDescription == text)
    }

    @Test func `a value takes no more than 24 bytes in an array`() {
        #expect(MemoryLayout<Value>.stride == 24)
        #expect(MemoryLayout<Decimal96>.size <= 16)
    }

    @Test func `debug text of a large value is cut`() {
        let text = Value.array(Array(repeating: .string("abc"), count: 100_000)).debugDescription
        #expect(text.utf8.count < 400)
        #expect(text.hasSuffix("…"))
    }
}
