import Foundation
import Testing

/// Readers of what others write, with inputs nobody would write; `scripts/fuzz` runs the same for longer.
@Suite struct FuzzingTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Those that `CONFD_FUZZ_READER` names, or all.
    private static let readers = Reader.all.filter { (environment["CONFD_FUZZ_READER"] ?? $0.name) == $0.name }
    private static let folder = environment["CONFD_FUZZ_FOLDER"]
    private static let input = environment["CONFD_FUZZ_INPUT"]

    @Test func everyReaderHasANameOfItsOwn() {
        #expect(Set(Reader.all.map(\.name)).count == Reader.all.count)
    }

    @Test(arguments: readers) func inputsToBeginWithAreReadWell(_ reader: Reader) throws {
        for input in reader.corpus {
            #expect(input.count <= reader.longest)
            try Campaign(reader, notedIn: Self.folder).read(input)
        }
    }

    @Test(arguments: readers) func aBeginningOfAnInputIsAnswered(_ reader: Reader) throws {
        try Campaign(reader, notedIn: Self.folder).readBeginnings()
    }

    @Test(.serialized, arguments: readers) func aChangedInputIsAnswered(_ reader: Reader) throws {
        let seed = Self.environment["CONFD_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        let seconds = Self.environment["CONFD_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
        let count = try Campaign(reader, notedIn: Self.folder)
            .readChanged(seed: seed, atLeast: 300, seconds: seconds)
        if Self.folder != nil { print("fuzz: \(reader.name): \(count) inputs with seed \(seed), ok") }
    }

    @Test(.enabled(if: input != nil), arguments: readers) func oneInputIsAnswered(_ reader: Reader) throws {
        let data = try Data(contentsOf: URL(filePath: Self.input ?? ""))
        try Campaign(reader, notedIn: Self.folder).read(Array(data))
        print("fuzz: \(reader.name): \(data.count) bytes, ok")
    }

    #if LIBFUZZER
    @Test(.enabled(if: environment["CONFD_FUZZ_ARGUMENTS"] != nil)) func libFuzzerFindsNothing() throws {
        let reader = try #require(Self.readers.first)
        let arguments = (Self.environment["CONFD_FUZZ_ARGUMENTS"] ?? "").split(separator: " ").map(String.init)
        if let corpus = Self.environment["CONFD_FUZZ_CORPUS"] {
            for (number, input) in reader.corpus.enumerated() {
                try Data(input).write(to: URL(filePath: "\(corpus)/given-\(number)"))
            }
        }
        // It ends the process when it is done.
        try LibFuzzer(Campaign(reader, notedIn: Self.folder)).run(["-max_len=\(reader.longest)"] + arguments)
    }
    #endif
}
