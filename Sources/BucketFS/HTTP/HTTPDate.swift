import Glibc

/// Dates as headers have them (RFC 9110, 5.6.7).
enum HTTPDate {
    static var now: String { text(time(nil)) }

    /// - Parameter second: Since 1970.
    static func text(_ second: Int) -> String {
        var second = time_t(second)
        var parts = tm()
        gmtime_r(&second, &parts)
        var buffer = [CChar](repeating: 0, count: 40)
        // The daemon keeps the locale "C", so names of days and months are English.
        let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
