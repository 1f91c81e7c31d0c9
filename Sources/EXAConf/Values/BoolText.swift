/// Truth values: `True` and `False` are written, more is read.
package enum BoolText {
    /// Reads `true yes on 1` and `false no off 0` in any case; nil for anything else.
    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// `True` or `False`.
    package static func text(_ value: Bool) -> String { value ? "True" : "False" }
}
