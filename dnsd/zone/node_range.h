// The names of a zone one after the other: those of one block, with other nodes in the place of
// some of them, and more behind.
//
// Thread safety: immutable. Ownership: borrows from the zone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "dnsd/zone/node.h"

namespace waypost::zone {

/// Instead of the node at this position of the block; behind the block where there is none.
struct StandIn {
  uint32_t position;
  const Node* node;  // null: there is nothing
};

class NodeRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = const Node*;
    using reference = const Node&;

    Iterator() = default;

    reference operator*() const noexcept { return IsAtStandIn() ? *next_->node : *node_; }
    pointer operator->() const noexcept { return &**this; }
    Iterator& operator++() noexcept {
      Step();
      SkipNothing();
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
      return a.node_ == b.node_ && a.next_ == b.next_;
    }

   private:
    friend class NodeRange;

    Iterator(const Node* node, const StandIn* next, const NodeRange& range) noexcept
        : block_(range.block_.data()),
          node_(node),
          end_(block_ + range.block_.size()),
          next_(next),
          last_(range.stand_ins_.data() + range.stand_ins_.size()) {}

    bool IsAtStandIn() const noexcept {
      return next_ != last_ && block_ + next_->position == node_;
    }
    void Step() noexcept {
      if (IsAtStandIn()) ++next_;
      if (node_ != end_) ++node_;
    }
    void SkipNothing() noexcept {
      while (IsAtStandIn() && next_->node == nullptr) Step();
    }

    const Node* block_ = nullptr;
    const Node* node_ = nullptr;
    const Node* end_ = nullptr;
    const StandIn* next_ = nullptr;
    const StandIn* last_ = nullptr;
  };

  /// `stand_ins`: by ascending position, those behind the block last; none is nothing there.
  explicit NodeRange(std::span<const Node> block, std::span<const StandIn> stand_ins = {}) noexcept
      : block_(block), stand_ins_(stand_ins) {}

  Iterator begin() const noexcept {
    Iterator first(block_.data(), stand_ins_.data(), *this);
    first.SkipNothing();
    return first;
  }
  Iterator end() const noexcept {
    return {block_.data() + block_.size(), stand_ins_.data() + stand_ins_.size(), *this};
  }
  const Node& front() const noexcept { return *begin(); }
  /// Looks at all that stands in.
  size_t size() const noexcept {
    size_t count = block_.size();
    for (const StandIn& one : stand_ins_) {
      if (one.node == nullptr) --count;
      if (one.position == block_.size()) ++count;
    }
    return count;
  }

 private:
  std::span<const Node> block_;
  std::span<const StandIn> stand_ins_;
};

}  // namespace waypost::zone
