#if LIBFUZZER
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@_silgen_name("LLVMFuzzerMutate")
private func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

/// Lets libFuzzer choose the inputs: it sees which of them lead the code to new places.
struct LibFuzzer {
    // The callbacks are given nothing but bytes. One thread sets it before it calls them.
    nonisolated(unsafe) fileprivate static var campaign: Campaign?

    init(_ campaign: Campaign) { Self.campaign = campaign }

    /// Ends the process when it is done.
    func run(_ arguments: [String]) {
        var count = CInt(arguments.count + 1)
        var pointers = (["fuzz"] + arguments).map { strdup($0) } + [nil]
        pointers.withUnsafeMutableBufferPointer { buffer in
            guard var start = buffer.baseAddress else { return }
            exit(
                runDriver(&count, &start) { bytes, count in
                    LibFuzzer.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
                    return 0
                })
        }
    }

    private static func read(_ input: [UInt8]) {
        do {
            try campaign?.read(input)
        } catch {
            print(error)
            fflush(nil)
            abort()
        }
    }
}

/// libFuzzer finds it by its name.
@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32) -> Int {
    guard let reader = LibFuzzer.campaign?.reader else { return count }
    var count = count
    var mutator = Mutator(seed: UInt64(seed), words: reader.words, longest: most)
    if seed % 2 == 0 {
        count = mutate(bytes, count, most)
    }
    var input = Array(UnsafeBufferPointer(start: bytes, count: count))
    if seed % 2 == 1 {
        let other = reader.corpus.randomElement(using: &mutator) ?? []
        input = mutator.changed(input, other: other)
    }
    if let mend = reader.mend, seed % 8 > 1 { input = mend(input) }
    input = Array(input.prefix(most))
    for (index, byte) in input.enumerated() { bytes[index] = byte }
    return input.count
}
#endif
