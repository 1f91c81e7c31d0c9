/// Names of a place in a JSON document (RFC 6901).
package enum JSONPointer {
    /// One name of a pointer, with the slash in front.
    package static func segment(_ name: some StringProtocol) -> String {
        "/" + name.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }
}
