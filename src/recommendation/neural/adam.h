#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "recommendation/neural/network.h"

namespace cloudcart::recommendation::neural {

/// Adam (Kingma and Ba, ICLR 2015), lazily: a column without a gradient keeps its moments as they are, so that a step
/// costs what its batch names and not what the catalogue holds.
template <class Scalar>
class Adam {
 public:
  explicit Adam(const Parameters<Scalar>& like)
      : in_(like.in.rows(), like.in.cols()),
        hidden_bias_(like.hidden_bias.rows(), 1),
        out_(like.out.rows(), like.out.cols()),
        out_bias_(1, like.out_bias.rows()) {}

  void step(Parameters<Scalar>& parameters, const Gradient<Scalar>& gradient, const Batch<Scalar>& batch,
            Scalar rate) {
    ++steps_;
    const auto steps = static_cast<Scalar>(steps_);
    rate_ = rate * std::sqrt(1 - std::pow(second_decay, steps)) / (1 - std::pow(first_decay, steps));
    columns(parameters.in, gradient.in, in_, batch.shown);
    columns(parameters.out, gradient.out, out_, batch.candidates);
    const std::uint32_t only[] = {0};
    columns(parameters.hidden_bias, gradient.hidden_bias, hidden_bias_, only);
    auto bias = parameters.out_bias.transpose();
    columns(bias, gradient.out_bias.transpose(), out_bias_, batch.candidates);
  }

  std::size_t bytes() const { return in_.bytes() + hidden_bias_.bytes() + out_.bytes() + out_bias_.bytes(); }

 private:
  static constexpr Scalar first_decay = Scalar(0.9);
  static constexpr Scalar second_decay = Scalar(0.999);
  static constexpr Scalar floor = Scalar(1e-8);

  struct Moments {
    Moments(Eigen::Index rows, Eigen::Index columns)
        : first(Matrix<Scalar>::Zero(rows, columns)), second(Matrix<Scalar>::Zero(rows, columns)) {}
    std::size_t bytes() const {
      return static_cast<std::size_t>(first.size() + second.size()) * sizeof(Scalar);
    }
    Matrix<Scalar> first, second;
  };

  /// Column k of `gradient` belongs to column products[k] of the parameters.
  template <class Values, class Gradients>
  void columns(Values& values, const Gradients& gradient, Moments& moments,
               std::span<const std::uint32_t> products) {
    for (std::size_t k = 0; k < products.size(); ++k) {
      const auto given = gradient.col(static_cast<Eigen::Index>(k)).array();
      auto first = moments.first.col(products[k]).array();
      auto second = moments.second.col(products[k]).array();
      first = first_decay * first + (1 - first_decay) * given;
      second = second_decay * second + (1 - second_decay) * given.square();
      values.col(products[k]).array() -= rate_ * first / (second.sqrt() + floor);
    }
  }

  Moments in_, hidden_bias_, out_, out_bias_;
  Scalar rate_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace cloudcart::recommendation::neural
