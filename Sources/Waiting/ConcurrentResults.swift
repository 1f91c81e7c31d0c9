extension Collection where Self: Sendable, Element: Sendable {
    /// Asks something about each element, some at a time.
    ///
    /// - Parameters:
    ///   - most: How many are asked about at once, 1 or more; all of them where nothing is said.
    ///   - ask: Asks about one.
    /// - Returns: What each came to, in the order of the elements.
    package func concurrentResults<Answer: Sendable, Failure: Error>(
        atMost most: Int = .max, _ ask: @escaping @Sendable (Element) async throws(Failure) -> Answer
    ) async -> [Result<Answer, Failure>] {
        await withTaskGroup(of: (Int, Result<Answer, Failure>).self) { group in
            var ended: [(place: Int, result: Result<Answer, Failure>)] = []
            for (place, element) in enumerated() {
                if place >= most, let (place, result) = await group.next() { ended.append((place, result)) }
                group.addTask {
                    // Swift 6.3 loses the place when either branch returns the pair and the code is optimised.
                    let result: Result<Answer, Failure>
                    do throws(Failure) { result = .success(try await ask(element)) } catch { result = .failure(error) }
                    return (place, result)
                }
            }
            for await (place, result) in group { ended.append((place, result)) }
            return ended.sorted { $0.place < $1.place }.map(\.result)
        }
    }
}
