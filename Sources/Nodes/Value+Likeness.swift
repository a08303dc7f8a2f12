// When two values are the same to a flow's author: numbers by value and bytes by content, whatever their kinds.

internal import Values

extension Value {
    /// True if both are the same number, the same bytes, or otherwise equal. The elements of arrays and maps are
    /// compared in the same way.
    ///
    /// Spec nodes 6.1 and 6.2 against flow-engine 24.58, which keeps `eq` strict: a client's numbers come as decimals,
    /// an engine's as unsigned integers, and an author sees neither; `gt` and `lt` compare by number already. No
    /// document of ours depends on the strict form, so there is one operator, and authors cannot choose a wrong one.
    ///
    /// It compares the hidden values of secrets, so a node that shows the outcome must call `requireComparable` first.
    func isAlike(_ other: Value) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isAlike($1) }
        case (.map(let left), .map(let right)):
            return left.count == right.count
                && left.entries.allSatisfy { entry in right[entry.key]?.isAlike(entry.value) ?? false }
        default:
            if let left = rawBytes, let right = other.rawBytes { return left == right }
            // Numbers that are not finite have no order, only equality.
            guard let order = try? compared(to: other) else { return self == other }
            return order == 0
        }
    }

    /// Refuses a value that is or holds a secret: an author who may compare a secret with chosen texts can find it out.
    func requireComparable() throws(NodeFailure) {
        guard !holdsSecret else { throw .secret }
    }

    /// Feeds a hasher so that values which are alike feed it the same. Values that are not alike may do so as well.
    fileprivate func feed(_ hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let bool): hasher.combine(bool)
        case .string(let text): hasher.combine(ExactText(text: text))
        case .b32, .b64, .bytes: hasher.combine(rawBytes)
        case .secret: hasher.combine(1)
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { element.feed(&hasher) }
        case .map(let map):
            // A sum, because the order does not matter.
            var sum = map.count
            for entry in map.entries {
                var part = Hasher()
                part.combine(ExactText(text: entry.key))
                entry.value.feed(&part)
                sum &+= part.finalize()
            }
            hasher.combine(sum)
        case .u64, .i64, .u128, .i128, .f64, .decimal: feedNumber(&hasher)
        }
    }

    /// All digits are fed, so that nobody can find many numbers with the same hash.
    private func feedNumber(_ hasher: inout Hasher) {
        if let whole = try? Int128(reading: self) {
            hasher.combine(whole)
        } else if let whole = try? UInt128(reading: self) {
            hasher.combine(whole)
        } else if case .decimal(let number) = self, (try? compared(to: .f64(number.double))) != 0 {
            hasher.combine(number)
        } else {
            hasher.combine(try? Double(reading: self))
        }
    }
}

/// A value as an element of a set that holds each of several alike values once.
struct Likeness: Hashable {
    let value: Value

    static func == (left: Likeness, right: Likeness) -> Bool { left.value.isAlike(right.value) }
    func hash(into hasher: inout Hasher) { value.feed(&hasher) }
}
