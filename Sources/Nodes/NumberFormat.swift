// Numbers as people read them. Pure value.

/// How a number is written: digits, groups of three, marks, sign.
struct NumberFormat {
    /// How the sign of a number is shown.
    enum Sign: String, CaseIterable {
        /// `-` before negative numbers.
        case minus
        /// Also `+` before positive ones; nothing before zero.
        case always
        /// Negative numbers in parentheses.
        case parentheses

        static let names = allCases.map(\.rawValue)
    }

    /// Digits behind the mark; nil for as many as the number has.
    var digits: Int?
    var rounding = Rounding.halfUp
    /// Stands between groups of three digits before the mark.
    var grouping = ""
    var decimalMark = "."
    var sign = Sign.minus
    /// Writes the number times 100 with a percent sign.
    var isPercent = false

    func text(of number: ExactNumber) throws(NodeFailure) -> String {
        var number = number
        if isPercent { try number.multiplyByHundred() }
        if let digits { try number.round(to: digits, rounding) }
        let allDigits = String(number.magnitude)
        let padded =
            String(repeating: "0", count: max(0, number.scale + 1 - allDigits.utf8.count)) + allDigits
        var fraction = String(padded.suffix(number.scale))
        if let digits { fraction += String(repeating: "0", count: max(0, digits - number.scale)) }
        let text =
            grouped(padded.dropLast(number.scale)) + (fraction.isEmpty ? "" : decimalMark + fraction)
            + (isPercent ? "%" : "")
        guard number.magnitude > 0 else { return text }
        return switch (sign, number.isNegative) {
        case (.parentheses, true): "(\(text))"
        case (_, true): "-" + text
        case (.always, false): "+" + text
        case (_, false): text
        }
    }

    private func grouped(_ digits: Substring) -> String {
        var output = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { output += grouping }
            output.append(digit)
        }
        return output
    }
}

extension ExactNumber {
    fileprivate mutating func multiplyByHundred() throws(NodeFailure) {
        let moved = min(scale, 2)
        scale -= moved
        for _ in moved..<2 {
            let (product, hasOverflown) = magnitude.multipliedReportingOverflow(by: 10)
            guard !hasOverflown else { throw ExactNumber.tooLarge }
            magnitude = product
        }
    }
}
