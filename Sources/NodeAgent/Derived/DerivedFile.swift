/// A text in the style of the configuration file that services read, made from the configuration.
struct DerivedFile {
    private(set) var text = "# Made from EXAConf, do not edit: it is written anew with each change.\n"

    mutating func section(_ header: String, level: Int = 1) {
        text += "\n" + String(repeating: "[", count: level) + header + String(repeating: "]", count: level) + "\n"
    }

    /// Leaves out what has no value.
    mutating func set(_ key: String, _ value: String?) {
        if let value { text += "\(key) = \(value)\n" }
    }

    var bytes: [UInt8] { Array(text.utf8) }
}
