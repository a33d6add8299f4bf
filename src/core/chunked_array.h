#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <type_traits>

namespace cloudcart {

/// An array that grows without moving what is in it, so that others may read while one writer appends. Chunks
/// double in size; what is not used yet of a large one takes no memory, since the operating system gives pages
/// on first touch.
///
/// Elements start as zero bytes. The writer publishes an index by its own means (a release store that readers
/// acquire) after it has written the element.
template <class T, unsigned first_chunk_bits = 10>
class ChunkedArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  static constexpr std::size_t first_chunk = std::size_t{1} << first_chunk_bits;

  ChunkedArray() = default;
  ChunkedArray(ChunkedArray&& from) noexcept : size_(from.size_) {
    for (std::size_t i = 0; i < chunks_.size(); ++i) chunks_[i] = from.chunks_[i].exchange(nullptr);
    from.size_ = 0;
  }
  ChunkedArray& operator=(ChunkedArray&&) = delete;
  ~ChunkedArray() {
    for (auto& chunk : chunks_) std::free(static_cast<void*>(chunk.load()));
  }

  /// To others than the writer a bound from below.
  std::size_t size() const {
    return std::atomic_ref(const_cast<std::size_t&>(size_)).load(std::memory_order_relaxed);
  }
  void push_back(const T& value) {
    resize(size_ + 1);
    (*this)[size_ - 1] = value;
  }
  /// Never shrinks.
  void resize(std::size_t size) {
    for (auto chunk = chunk_of(size_); size > size_ && chunk <= chunk_of(size - 1); ++chunk) allocate(chunk);
    std::atomic_ref(size_).store(std::max(size_, size), std::memory_order_relaxed);
  }
  /// Makes room for `count` elements that stand side by side, at most first_chunk of them, and answers the
  /// index of the first; the rest of a chunk that is too short is left unused.
  std::size_t append_together(std::size_t count) {
    if (count > 0 && chunk_of(size_) != chunk_of(size_ + count - 1))
      resize(start_of(chunk_of(size_ + count - 1)));
    const auto first = size_;
    resize(size_ + count);
    return first;
  }

  T& operator[](std::size_t index) {
    const auto chunk = chunk_of(index);
    return chunks_[chunk].load(std::memory_order_acquire)[index - start_of(chunk)];
  }
  const T& operator[](std::size_t index) const { return const_cast<ChunkedArray&>(*this)[index]; }
  /// `count` elements that were appended together.
  std::span<const T> together(std::size_t first, std::size_t count) const {
    if (count == 0) return {};
    return {&(*this)[first], count};
  }
  // The elements may be pointers themselves.
  std::size_t bytes() const { return size() * sizeof(T); }  // NOLINT(bugprone-sizeof-expression)

 private:
  static std::size_t chunk_of(std::size_t index) {
    return static_cast<std::size_t>(std::bit_width(index >> first_chunk_bits));
  }
  static std::size_t start_of(std::size_t chunk) { return chunk == 0 ? 0 : first_chunk << (chunk - 1); }

  void allocate(std::size_t chunk) {
    if (chunks_[chunk].load(std::memory_order_relaxed)) return;
    const auto elements = chunk == 0 ? first_chunk : start_of(chunk);
    auto* memory = static_cast<T*>(std::calloc(elements, sizeof(T)));  // NOLINT(bugprone-sizeof-expression)
    if (!memory) throw std::bad_alloc();
    chunks_[chunk].store(memory, std::memory_order_release);
  }

  std::array<std::atomic<T*>, 40> chunks_{};
  std::size_t size_ = 0;
};

/// Reads and writes a plain field that one thread writes while others read.
template <class T>
T load_shared(const T& field, std::memory_order order = std::memory_order_relaxed) {
  return std::atomic_ref<T>(const_cast<T&>(field)).load(order);
}
template <class T>
void store_shared(T& field, std::type_identity_t<T> value,
                  std::memory_order order = std::memory_order_relaxed) {
  std::atomic_ref<T>(field).store(value, order);
}

}  // namespace cloudcart
