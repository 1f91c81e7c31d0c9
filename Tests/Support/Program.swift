package import Foundation

/// A program of this machine that tests use as the other side, when it is installed.
package struct Program: Sendable {
    /// Where it lies.
    package let path: String

    /// `nil` when no folder of `PATH` has it.
    package init?(_ name: String) {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let paths = folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return nil }
        self.path = path
    }

    /// Runs the program to its end and returns its exit status and what it wrote to its standard output.
    ///
    /// - Parameters:
    ///   - input: Less than a pipe holds, so that writing it waits for no reader.
    ///   - joinsErrors: Whether the standard error is part of the output.
    package func run(
        _ arguments: [String], input: [UInt8] = [], joinsErrors: Bool = false
    ) throws -> (status: Int32, output: [UInt8]) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        if joinsErrors { process.standardError = standardOutput }
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, Array(output))
    }

    /// The same with texts, errors in the output.
    package func run(_ arguments: [String], input: String) throws -> (status: Int32, output: String) {
        let (status, output) = try run(arguments, input: Array(input.utf8), joinsErrors: true)
        return (status, String(decoding: output, as: UTF8.self))
    }
}

/// A folder of its own for the files of one test, removed when the body ends.
package func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
