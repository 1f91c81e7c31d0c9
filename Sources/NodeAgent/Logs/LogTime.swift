import JobEngine
import Values

/// The time at the beginning of a line of a log.
enum LogTime {
    /// Reads `2026-01-02T03:04:05`, with a blank for the `T`, with a fraction and an offset (RFC 3339) if there are;
    /// `nil` for a line that begins otherwise. A line of JSON has its time as member `time`.
    static func beginning(_ line: ArraySlice<UInt8>) -> Timestamp? {
        if line.first == UInt8(ascii: "{") {
            let text = (try? JSON.parse(line))?.map?["time"]?.string ?? ""
            return parse(ArraySlice(text.utf8))
        }
        return parse(line.prefix(40))
    }

    private static func parse(_ text: ArraySlice<UInt8>) -> Timestamp? {
        let bytes = Array(text)
        guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
        else { return nil }
        let numbers = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2)].compactMap {
            number(bytes, at: $0, count: $1)
        }
        guard numbers.count == 6, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]) else { return nil }
        let seconds =
            day(year: numbers[0], month: numbers[1], day: numbers[2]) * 86_400 + numbers[3] * 3600 + numbers[4] * 60
            + numbers[5]
        return Timestamp(milliseconds: (seconds - offset(bytes.dropFirst(19))) * 1000 + milliseconds(bytes))
    }

    private static func number(_ bytes: [UInt8], at start: Int, count: Int) -> Int? {
        var total = 0
        for byte in bytes.dropFirst(start).prefix(count) {
            guard (0x30...0x39).contains(byte) else { return nil }
            total = total * 10 + Int(byte - 0x30)
        }
        return bytes.count >= start + count ? total : nil
    }

    private static func milliseconds(_ bytes: [UInt8]) -> Int {
        guard bytes.count > 22, bytes[19] == UInt8(ascii: ".") else { return 0 }
        return number(bytes, at: 20, count: 3) ?? 0
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: ArraySlice<UInt8>) -> Int {
        let zone = rest.drop { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        guard let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        let digits = Array(zone.dropFirst().prefix(5).filter { $0 != UInt8(ascii: ":") })
        guard let hours = number(digits, at: 0, count: 2) else { return 0 }
        let seconds = hours * 3600 + (number(digits, at: 2, count: 2) ?? 0) * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    /// Days since 1970-01-01, by the era arithmetic of the Gregorian calendar.
    private static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
