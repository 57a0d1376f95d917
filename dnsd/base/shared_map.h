// A sorted map from strings whose copies share what they have in common.
//
// The entries stand in chunks; a copy shares all chunks, and a change copies only the chunk that it
// touches. So a copy of a hundred thousand entries costs microseconds, and what two copies do not
// share is found without looking at the rest: the cost of a change follows the change, not the map.
//
// Thread safety: as a standard container; copies may be used by different threads though they
// share. Ownership: shared. References and iterators last until this copy is changed.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace waypost {

template <typename T>
class SharedMap {
 public:
  using Entry = std::pair<std::string, T>;
  /// A change copies this many entries at most, and a copy one pointer for this many at best.
  static constexpr size_t kChunkEntries = 128;

 private:
  using Chunk = std::vector<Entry>;  // never empty, sorted
  using Chunks = std::vector<std::shared_ptr<Chunk>>;

 public:
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = const Entry&;

    const_iterator() = default;
    reference operator*() const { return (*(*chunks_)[chunk_])[entry_]; }
    pointer operator->() const { return &**this; }
    const_iterator& operator++() {
      if (++entry_ == (*chunks_)[chunk_]->size()) SkipChunk();
      return *this;
    }
    const_iterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    bool operator==(const const_iterator& other) const {
      return chunk_ == other.chunk_ && entry_ == other.entry_;
    }

   private:
    friend class SharedMap;
    const_iterator(const Chunks* chunks, size_t chunk, size_t entry)
        : chunks_(chunks), chunk_(chunk), entry_(entry) {}

    bool is_at_end() const { return chunk_ == chunks_->size(); }
    void SkipChunk() {
      ++chunk_;
      entry_ = 0;
    }
    /// Both stand before the same entries, which are not only equal but shared.
    bool SharesChunkWith(const const_iterator& other) const {
      return entry_ == 0 && other.entry_ == 0 && !is_at_end() && !other.is_at_end() &&
             (*chunks_)[chunk_] == (*other.chunks_)[other.chunk_];
    }

    const Chunks* chunks_ = nullptr;
    size_t chunk_ = 0;
    size_t entry_ = 0;
  };
  using iterator = const_iterator;
  using value_type = Entry;

  const_iterator begin() const { return {&chunks_, 0, 0}; }
  const_iterator end() const { return {&chunks_, chunks_.size(), 0}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  const_iterator lower_bound(std::string_view key) const {
    const size_t chunk = ChunkFor(key);
    return chunk == chunks_.size() ? end() : const_iterator(&chunks_, chunk, PlaceIn(chunk, key));
  }
  const_iterator find(std::string_view key) const {
    const const_iterator at = lower_bound(key);
    return at != end() && at->first == key ? at : end();
  }
  bool contains(std::string_view key) const { return find(key) != end(); }
  const T& at(std::string_view key) const {
    const const_iterator found = find(key);
    if (found == end()) throw std::out_of_range(std::string(key));
    return found->second;
  }

  /// Made if missing.
  T& operator[](std::string_view key) {
    const auto [chunk, entry] = MakePlace(key);
    return Own(chunk)[entry].second;
  }
  /// False: it was there, and stays as it is.
  bool emplace(std::string_view key, T value) {
    if (contains(key)) return false;
    (*this)[key] = std::move(value);
    return true;
  }
  /// How many went: one or none.
  size_t erase(std::string_view key) {
    const const_iterator found = find(key);
    if (found == end()) return 0;
    Chunk& chunk = Own(found.chunk_);
    chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(found.entry_));
    if (chunk.empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(found.chunk_));
    --size_;
    return 1;
  }

  bool operator==(const SharedMap& other) const {
    bool is_same = size_ == other.size_;
    Compare(*this, other, [&is_same](const std::string&, const T* a, const T* b) {
      is_same = is_same && a != nullptr && b != nullptr && *a == *b;
    });
    return is_same;
  }

  /// Calls visit(key, before, after) for each key of either map, in order, but for what they share;
  /// the pointers are null where there is none. So values that it is called with may be equal.
  template <typename Visit>
  static void Compare(const SharedMap& before, const SharedMap& after, const Visit& visit) {
    const_iterator a = before.begin();
    const_iterator b = after.begin();
    while (!a.is_at_end() || !b.is_at_end()) {
      if (a.SharesChunkWith(b)) {
        a.SkipChunk();
        b.SkipChunk();
      } else if (b.is_at_end() || (!a.is_at_end() && a->first < b->first)) {
        visit(a->first, &a->second, static_cast<const T*>(nullptr));
        ++a;
      } else if (a.is_at_end() || b->first < a->first) {
        visit(b->first, static_cast<const T*>(nullptr), &b->second);
        ++b;
      } else {
        visit(a->first, &a->second, &b->second);
        ++a;
        ++b;
      }
    }
  }

 private:
  struct Place {
    size_t chunk;
    size_t entry;
  };

  /// The chunk that has the key or the first one behind it.
  size_t ChunkFor(std::string_view key) const {
    const auto at = std::partition_point(chunks_.begin(), chunks_.end(), [key](const auto& chunk) {
      return chunk->back().first < key;
    });
    return static_cast<size_t>(at - chunks_.begin());
  }
  size_t PlaceIn(size_t chunk, std::string_view key) const {
    const Chunk& entries = *chunks_[chunk];
    const auto at = std::partition_point(entries.begin(), entries.end(),
                                         [key](const Entry& entry) { return entry.first < key; });
    return static_cast<size_t>(at - entries.begin());
  }

  /// The chunk, which no other map shares from now on.
  Chunk& Own(size_t chunk) {
    std::shared_ptr<Chunk>& entries = chunks_[chunk];
    if (entries.use_count() > 1) {
      entries = std::make_shared<Chunk>(*entries);
    } else {
      std::atomic_thread_fence(std::memory_order_acquire);  // use_count() is relaxed
    }
    return *entries;
  }

  Place MakePlace(std::string_view key) {
    size_t chunk = ChunkFor(key);
    if (chunk == chunks_.size()) return Append(key);
    size_t entry = PlaceIn(chunk, key);
    if ((*chunks_[chunk])[entry].first == key) return {chunk, entry};
    if (chunks_[chunk]->size() == kChunkEntries) {
      Split(chunk);
      chunk = ChunkFor(key);
      entry = PlaceIn(chunk, key);
    }
    Chunk& entries = Own(chunk);
    entries.emplace(entries.begin() + static_cast<std::ptrdiff_t>(entry), key, T());
    ++size_;
    return {chunk, entry};
  }

  /// Behind all others; maps that are filled in order have full chunks.
  Place Append(std::string_view key) {
    if (chunks_.empty()) chunks_.push_back(std::make_shared<Chunk>());
    if (chunks_.back()->size() == kChunkEntries) {
      // Grown step by step, it would leave holes behind that nothing fits into.
      chunks_.push_back(std::make_shared<Chunk>());
      chunks_.back()->reserve(kChunkEntries);
    }
    Chunk& entries = Own(chunks_.size() - 1);
    entries.emplace_back(key, T());
    ++size_;
    return {chunks_.size() - 1, entries.size() - 1};
  }

  void Split(size_t chunk) {
    Chunk& lower = Own(chunk);
    const auto middle = lower.begin() + kChunkEntries / 2;
    auto upper = std::make_shared<Chunk>(std::make_move_iterator(middle),
                                         std::make_move_iterator(lower.end()));
    lower.erase(middle, lower.end());
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(chunk) + 1, std::move(upper));
  }

  Chunks chunks_;
  size_t size_ = 0;
};

}  // namespace waypost
