// Numbers that follow from values: what simulated nodes make of their inputs.

import Values

/// Mixes numbers and values into one number. The same on every machine and in every build.
struct Mixer {
    private(set) var number: UInt64

    init(_ seed: UInt64) { number = Mixer.scrambled(seed) }

    mutating func add(_ part: UInt64) { number = Mixer.scrambled(number ^ part) }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(UInt64(byte)) }
        add(256)
    }

    mutating func add(_ map: ValueMap) {
        // Two maps are equal whatever the order of their entries.
        for entry in map.entries.sorted(by: { $0.key < $1.key }) {
            add(entry.key)
            add(entry.value)
        }
        add(257)
    }

    mutating func add(_ value: Value) {
        switch value {
        case .null: add(1)
        case .u64(let number):
            add(2)
            add(number)
        case .string(let text):
            add(3)
            add(text)
        case .array(let elements):
            add(4)
            for element in elements { add(element) }
            add(258)
        case .map(let map):
            add(5)
            add(map)
        case .b64(let pair):
            add(6)
            for byte in pair.bytes { add(UInt64(byte)) }
        case .secret: add(value.revealed)
        default: add("\(value)")
        }
    }

    private static func scrambled(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
