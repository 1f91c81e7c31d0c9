/// A probe that is one function, as of what some part of the daemon knows anyway.
package struct FunctionProbe: StateProbe {
    package let name: String
    package let pause: Duration
    private let find: @Sendable () async -> [ObjectState]

    /// - Parameters:
    ///   - name: What it looks after.
    ///   - pause: How long to wait after a look.
    ///   - find: How everything is.
    package init(
        _ name: String, pause: Duration = .seconds(10), find: @escaping @Sendable () async -> [ObjectState]
    ) {
        (self.name, self.pause, self.find) = (name, pause, find)
    }

    package func look() async -> [ObjectState] { await find() }
}
