// Walks of `for` over everything that has elements.

internal import Values

extension Machine {
    /// Takes what is walked over from the stack into a slot; the next one counts.
    mutating func beginWalk(_ place: Int) throws(Fault) {
        let value = stack.removeLast()
        switch value {
        case .array, .range, .series, .blob: stack[place] = value
        case .string(let text):
            session.made(text.utf8.count * 24)
            stack[place] = .array(ArrayBox(text.unicodeScalars.map { .char($0) }))
            countWork()
        default:
            throw Fault(
                .typeMismatch, "a 'for' loop cannot walk over a value of type '\(value.typeName)'",
                name: "ErrorFor")
        }
        stack[place + 1] = .int(0)
    }

    /// Puts the next element on the stack; false at the end.
    mutating func nextInWalk(_ place: Int) -> Bool {
        guard case .int(let index) = stack[place + 1] else { return false }
        switch stack[place] {
        case .range(let range):
            let number = range.start.addingReportingOverflow(index)
            guard !number.overflow, range.contains(number.partialValue) else { return end(place) }
            stack.append(.int(number.partialValue))
        case .array(let box):
            guard index < box.count else { return end(place) }
            stack.append(box.elements[Int(index)])
        case .blob(let box):
            guard index < box.bytes.count else { return end(place) }
            stack.append(.int(Int64(box.bytes[Int(index)])))
        case .series(let series):
            guard let number = series.element(index) else { return end(place) }
            stack.append(number)
        default: return false
        }
        stack[place + 1] = .int(index + 1)
        return true
    }

    /// What was walked over may be changed in place again.
    private mutating func end(_ place: Int) -> Bool {
        stack[place] = .unit
        return false
    }
}

extension SeriesBox {
    /// The number at a place; nil beyond the end.
    func element(_ index: Int64) -> Dynamic? {
        if index == 0, let order = Dynamic.order(start, end), let direction = Dynamic.order(step, .int(0)) {
            return direction * order < 0 ? start : nil
        }
        guard let offset = try? Arithmetic.apply(.multiply, step, .int(index)),
            let number = try? Arithmetic.apply(.add, start, offset),
            let direction = Dynamic.order(step, .int(0)), direction != 0,
            let order = Dynamic.order(number, end)
        else { return nil }
        return (direction > 0 ? order < 0 : order > 0) ? number : nil
    }
}
