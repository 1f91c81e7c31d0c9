/// The MD5 digest of RFC 1321; the file format prescribes it, nothing here relies on it being hard to forge.
package struct MD5 {
    // floor(2^32 · |sin(i + 1)|), the table of the RFC.
    private static let table: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]

    private var state: (UInt32, UInt32, UInt32, UInt32) = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476)

    private init() {}

    /// The digest as 32 lower-case hexadecimal digits.
    package static func hex(of bytes: [UInt8]) -> String {
        var digest = MD5()
        var block = 0
        while block + 64 <= bytes.count {
            digest.add(bytes, at: block)
            block += 64
        }
        var rest = Array(bytes[block...])
        rest.append(0x80)
        while rest.count % 64 != 56 { rest.append(0) }
        let bits = UInt64(truncatingIfNeeded: bytes.count) &* 8
        for shift in stride(from: UInt64(0), to: 64, by: 8) { rest.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        for at in stride(from: 0, to: rest.count, by: 64) { digest.add(rest, at: at) }
        return digest.hex
    }

    private var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        for word in [state.0, state.1, state.2, state.3] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                let byte = Int(truncatingIfNeeded: (word >> shift) & 0xff)
                out.append(digits[byte >> 4])
                out.append(digits[byte & 15])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func add(_ bytes: [UInt8], at start: Int) {
        var words = InlineArray<16, UInt32>(repeating: 0)
        bytes.withUnsafeBufferPointer { data in
            for index in 0..<16 {
                let at = start + 4 * index
                let low = UInt32(data[at]) | UInt32(data[at + 1]) << 8
                words[index] = low | UInt32(data[at + 2]) << 16 | UInt32(data[at + 3]) << 24
            }
        }
        var mixed = Mix(state)
        Self.table.withUnsafeBufferPointer { table in
            for i in 0..<16 {
                mixed.step(mixed.choice, adding: words[i] &+ table[i], by: Self.shift((7, 12, 17, 22), at: i))
            }
            for i in 16..<32 {
                mixed.step(
                    mixed.swappedChoice, adding: words[(5 &* i &+ 1) & 15] &+ table[i],
                    by: Self.shift((5, 9, 14, 20), at: i))
            }
            for i in 32..<48 {
                mixed.step(
                    mixed.parity, adding: words[(3 &* i &+ 5) & 15] &+ table[i], by: Self.shift((4, 11, 16, 23), at: i))
            }
            for i in 48..<64 {
                mixed.step(mixed.last, adding: words[(7 &* i) & 15] &+ table[i], by: Self.shift((6, 10, 15, 21), at: i))
            }
        }
        state = (state.0 &+ mixed.a, state.1 &+ mixed.b, state.2 &+ mixed.c, state.3 &+ mixed.d)
    }

    @inline(__always)
    private static func shift(_ round: (UInt32, UInt32, UInt32, UInt32), at index: Int) -> UInt32 {
        index & 2 == 0 ? (index & 1 == 0 ? round.0 : round.1) : (index & 1 == 0 ? round.2 : round.3)
    }

    /// The four words while one block is worked in, with the four functions of the RFC.
    private struct Mix {
        var a: UInt32
        var b: UInt32
        var c: UInt32
        var d: UInt32

        init(_ state: (UInt32, UInt32, UInt32, UInt32)) { (a, b, c, d) = state }

        var choice: UInt32 { (b & c) | (~b & d) }
        var swappedChoice: UInt32 { (d & b) | (~d & c) }
        var parity: UInt32 { b ^ c ^ d }
        var last: UInt32 { c ^ (b | ~d) }

        @inline(__always)
        mutating func step(_ mixed: UInt32, adding input: UInt32, by shift: UInt32) {
            let sum = a &+ mixed &+ input
            (a, d, c, b) = (d, c, b, b &+ (sum &<< shift | sum &>> (32 &- shift)))
        }
    }
}
