import TestKit
import Testing
import Values

/// The decimal of a text that is known to be one.
private func decimal(_ text: String) throws -> Decimal96 { try #require(Decimal96(text)) }

@Suite struct `Decimal numbers` {
    private static let greatest = "79228162514264337593543950335"

    @Test(arguments: [
        "1__0", "_1", "1_", "1_.0", "1._0", "1e_5", "1_e5", "", "+", "-", ".", "e5", ".e5", "1e", "1e+",
        "1.2.3", "--1",
        "1 ", " 1", "0x1", "inf", "1e29", "79228162514264337593543950336", "79228162514264337593543950335.5",
        "1e999999999999999999999999", "１",
    ])
    func `other texts are no decimals`(text: String) {
        #expect(Decimal96(text) == nil)
    }

    @Test(arguments: [
        ("1.5e3", "1500"), ("1.50e1", "15.0"), ("1.50e0", "1.50"), ("1E-2", "0.01"), ("12e-1", "1.2"),
        ("1e28", "10000000000000000000000000000"), ("0e99", "0"), ("0.00e1", "0.0"),
        ("0e-40", "0.0000000000000000000000000000"),
        ("1e-29", "0.0000000000000000000000000000"), ("5e-29", "0.0000000000000000000000000001"),
        ("1e-999999999999999999999", "0.0000000000000000000000000000"),
        ("7.92281625142643375935439503359", "7.922816251426433759354395034"),
        ("0001.10", "1.10"), ("-.5", "-0.5"), ("+5.", "5"), ("1_0.0_1", "10.01"),
        ("0.5e-28", "0.0000000000000000000000000001"), ("0.49e-28", "0.0000000000000000000000000000"),
        ("99999999999999999999999999999", ""),
    ])
    func `texts are read exactly or rounded half up`(text: String, canonical: String) {
        #expect(Decimal96(text)?.text ?? "" == canonical)
    }

    @Test func `a text of many digits takes no longer than it must`() {
        let digits = String(repeating: "0", count: 100_000)
        #expect(Decimal96("1." + digits)?.text == "1.0000000000000000000000000000")
        #expect(Decimal96(digits + "1")?.text == "1")
        #expect(Decimal96("1" + digits) == nil)
        #expect(Decimal96("1" + digits + "e-100000") == Decimal96("1"))
        #expect(Decimal96("0." + digits + "1e100001")?.text == "1")
    }

    @Test(arguments: [
        ("1", "+", "2", "3"), ("1.50", "+", "0.5", "2.00"), ("2", "+", "0.5", "2.5"), ("1", "+", "-1", "0"),
        ("-1.5", "+", "0.25", "-1.25"), ("0.5", "-", "0.5", "0.0"), ("1", "-", "2", "-1"),
        (greatest, "+", "0.4", greatest), (greatest, "+", "1", ""), (greatest, "+", "0.5", ""),
        (greatest, "-", greatest, "0"),
        ("7922816251426433759354395033.5", "+", "0.05", "7922816251426433759354395034"),
        ("1", "*", "10", "10"), ("2.5", "*", "2", "5.0"), ("-0.1", "*", "0.1", "-0.01"),
        ("0", "*", "-1.5", "0.0"),
        (
            "1.0000000000000000000000000001", "*", "1.0000000000000000000000000001",
            "1.0000000000000000000000000002"
        ),
        ("0.00000000000001", "*", "0.000000000000005", "0.0000000000000000000000000000"),
        ("0.00000000000001", "*", "0.000000000000015", "0.0000000000000000000000000002"),
        (greatest, "*", "2", ""), (greatest, "*", "0.1", "7922816251426433759354395033.5"),
        (greatest, "*", greatest, ""),
        ("1", "/", "3", "0.3333333333333333333333333333"), ("2", "/", "3", "0.6666666666666666666666666667"),
        ("20", "/", "3", "6.6666666666666666666666666667"), ("1", "/", "4", "0.25"), ("10", "/", "2", "5"),
        ("10", "/", "0.5", "20"), ("1.00", "/", "1", "1.00"), ("-7", "/", "2", "-3.5"), ("0", "/", "-3", "0"),
        (greatest, "/", "0.1", ""), ("1", "/", "0", ""), ("1", "/", "0.00", ""),
        ("1", "/", greatest, "0.0000000000000000000000000000"),
        ("1", "/", "7.9228162514264337593543950335", "0.1262177448353618888658765704"),
        ("0.0000000000000000000000000001", "/", greatest, "0.0000000000000000000000000000"),
        (greatest, "/", "0.0000000000000000000000000001", ""),
        ("7", "%", "3", "1"), ("-7", "%", "3", "-1"), ("7", "%", "-3", "1"), ("5.5", "%", "2", "1.5"),
        ("5", "%", "2.00", "1.00"), ("1", "%", "0", ""),
        (greatest, "%", "0.0000000000000000000000000003", "0.0000000000000000000000000000"),
        ("0.0000000000000000000000000001", "%", greatest, "0.0000000000000000000000000001"),
        ("6", "%", "3", "0"),
        (greatest, "%", "8", "7"),
    ])
    func `arithmetic`(left: String, sign: String, right: String, result: String) throws {
        let (a, b) = (try decimal(left), try decimal(right))
        let found =
            switch sign {
            case "+": a.adding(b)
            case "-": a.subtracting(b)
            case "*": a.multiplied(by: b)
            case "/": a.divided(by: b)
            default: a.remainder(dividingBy: b)
            }
        if sign == "/" {
            // A quotient that is not exact is written without zeros at its end.
            #expect(found?.normalized.text ?? "" == Decimal96(result)?.normalized.text ?? "")
        } else {
            #expect(found?.text ?? "" == result)
        }
    }

    @Test func `arithmetic of random decimals is consistent and never traps`() throws {
        var generator = SeededGenerator(seed: 96)
        for _ in 0..<2_000 {
            let (a, b) = (Value.randomDecimal(using: &generator), Value.randomDecimal(using: &generator))
            #expect(a.adding(b) == b.adding(a))
            #expect(a.multiplied(by: b) == b.multiplied(by: a))
            #expect(a.subtracting(b)?.negated == b.subtracting(a))
            #expect(a.subtracting(a)?.isZero == true)
            #expect((a < b) == (b > a) && (a == b) == (!(a < b) && !(b < a)))
            if let rest = a.remainder(dividingBy: b) {
                #expect(rest.magnitude < b.magnitude)
                #expect(rest.isZero || rest.isNegative == a.isNegative)
            } else {
                #expect(b.isZero)
            }
            if let quotient = a.divided(by: b), let product = quotient.multiplied(by: b), !quotient.isZero {
                // Half of the quotient's last digit times the divisor, and the rounding of the product.
                let error = try #require(product.subtracting(a)).magnitude.double
                let unit = max(1e-28, abs(quotient.double) * 1e-27)
                #expect(error <= abs(b.double) * unit + max(1e-28, abs(a.double) * 1e-27), "\(a) / \(b)")
            }
            #expect(Decimal96(a.text)?.text == a.text)
            #expect(abs((Double(a.text) ?? .nan) - a.double) == 0)
        }
    }

    @Test(arguments: [
        ("2", "10", "1024"), ("2", "0", "1"), ("0", "0", "1"), ("0", "3", "0"), ("-2", "3", "-8"),
        ("-2", "2", "4"),
        ("2", "-2", "0.25"), ("10", "28", "10000000000000000000000000000"), ("1.5", "2", "2.25"),
        ("4", "0.5", "2"),
        ("2", "0.5", "1.4142135623730950488016887"), ("27", "0.3333333333333333333333333333", "3"),
        ("100", "-0.5", "0.1"),
        ("2.718281828459045235360287471", "1.5", "4.4816890703380648226020554"),
        ("10", "27.5", "3162277660168379331998893540"),
        ("0.0001", "0.25", "0.1"), ("9", "1.0", "9"), ("1", "79228162514264337593543950335", "1"),
        ("0.5", "79228162514264337593543950335", "0"), ("-1", "79228162514264337593543950335", "-1"),
        ("2", "-200", "0"), ("0.5", "1000.5", "0"),
        ("79228162514264337593543950335", "0.5", "281474976710656"),
        ("1.1", "0.1", "1.00957658277688702571773458"),
    ])
    func `powers`(base: String, exponent: String, result: String) throws {
        let power = try decimal(base).power(try decimal(exponent))
        let expected = try decimal(result)
        let difference = try #require(power.subtracting(expected)).magnitude.double
        #expect(difference <= abs(expected.double) * 1e-25, "\(power)")
    }

    @Test(arguments: [
        ("0", "-1", DecimalPowerError.divisionByZero), ("-2", "0.5", .undefined), ("10", "29", .overflow),
        ("10", "28.95", .overflow), ("0.1", "-29", .overflow),
        ("10", "79228162514264337593543950335", .overflow),
        ("2", "792281625142643375935439503.5", .overflow),
        ("0.5", "-792281625142643375935439503.5", .overflow),
    ])
    func `powers without a value`(base: String, exponent: String, error: DecimalPowerError) throws {
        let (base, exponent) = (try decimal(base), try decimal(exponent))
        #expect(throws: error) { try base.power(exponent) }
    }

    @Test(arguments: [
        (0.1, "0.1"), (1231.2221, "1231.2221"), (123456789.12345679, "123456789.1234568"), (5, "5"),
        (-2.5, "-2.5"), (0, "0"),
        (1e28, "10000000000000000000000000000"), (1e-28, "0.0000000000000000000000000001"), (1e-40, "0"),
        (7.9e28, "79000000000000000000000000000"),
        (0.9999999999999999, "0.9999999999999999"), (99999999999999984, "99999999999999980"),
    ])
    func `doubles give sixteen significant digits`(number: Double, text: String) {
        #expect(Decimal96(rounding: number)?.text == text)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 8e28, -1e300])
    func `doubles out of range give nothing`(number: Double) {
        #expect(Decimal96(rounding: number) == nil)
    }

    @Test func `equal numbers of different scale are equal, hash alike and print differently`() throws {
        let (a, b) = (try decimal("1.0"), try decimal("1.00"))
        #expect(a == b)
        #expect(Set([a, b]).count == 1)
        #expect(a.text != b.text)
        #expect(try decimal("-1.5") < decimal("-1.4"))
        #expect(try decimal("-1") < decimal("0.00"))
    }

    @Test func `whole numbers are told from the others`() throws {
        #expect(try decimal("5.00").exactly(UInt8.self) == 5)
        #expect(try decimal("-5").exactly(UInt64.self) == nil)
        #expect(try decimal("5.5").exactly(Int64.self) == nil)
        #expect(try decimal("256").exactly(UInt8.self) == nil)
        #expect(try decimal(Self.greatest).exactly(UInt128.self) == 79_228_162_514_264_337_593_543_950_335)
        #expect(
            try decimal("-" + Self.greatest).exactly(Int128.self) == -79_228_162_514_264_337_593_543_950_335)
    }
}
