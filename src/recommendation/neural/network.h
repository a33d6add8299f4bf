#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

namespace cloudcart::recommendation::neural {

template <class Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <class Scalar>
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

/// What the autoencoder learns. With `in` and `out` one column per product, of as many rows as the hidden layer has
/// units, a basket of weights x has the hidden layer h = tanh(hidden_bias + in x) and the logits out' h + out_bias.
template <class Scalar>
struct Parameters {
  Matrix<Scalar> in;
  Vector<Scalar> hidden_bias;
  Matrix<Scalar> out;
  Vector<Scalar> out_bias;
};

/// One entry of a sparse column: `position` in a batch's list of products.
template <class Scalar>
struct Entry {
  std::uint32_t position;
  Scalar weight;
};

/// Some baskets, each split into what is shown and what is to be guessed. Only the products that are named in
/// `shown` and `candidates` take part.
template <class Scalar>
struct Batch {
  std::vector<std::uint32_t> shown;       ///< distinct products
  std::vector<std::uint32_t> candidates;  ///< distinct products over which the softmax goes
  /// The logarithm of the chance with which each candidate came to be one: dividing by it makes the sum over the
  /// candidates an unbiased estimate of the sum over all products (Horvitz and Thompson, JASA 1952).
  Vector<Scalar> log_chance;
  std::vector<std::uint32_t> input_ends;   ///< per basket, where its entries of `inputs` end
  std::vector<Entry<Scalar>> inputs;       ///< positions in `shown`
  std::vector<std::uint32_t> target_ends;  ///< per basket, where its entries of `targets` end
  std::vector<Entry<Scalar>> targets;      ///< positions in `candidates`, no two of a basket the same
  Matrix<Scalar> dropout;                  ///< factors of the hidden layer: units × baskets; empty: all 1

  Eigen::Index size() const { return static_cast<Eigen::Index>(input_ends.size()); }
};

/// Of a batch's loss, by each parameter that took part.
template <class Scalar>
struct Gradient {
  Matrix<Scalar> in;  ///< a column per product of Batch::shown
  Vector<Scalar> hidden_bias;
  Matrix<Scalar> out;       ///< a column per product of Batch::candidates
  Vector<Scalar> out_bias;  ///< likewise
};

/// The loss of a batch and, where it is wanted, the gradient. Keeps its matrices from batch to batch.
///
/// The multinomial likelihood of Liang, Krishnan, Hoffman and Jebara, "Variational autoencoders for collaborative
/// filtering" (WWW 2018), with a sampled softmax (Jean et al., ACL 2015): the mean over the baskets of
/// sum over targets t of weight_t (log Z - logit_t). A basket's own targets are in Z for sure, so they enter it as
/// they are; other candidates are divided by their chance.
template <class Scalar>
class Pass {
 public:
  Scalar loss(const Parameters<Scalar>& parameters, const Batch<Scalar>& batch) {
    forward(parameters, batch);
    return losses_of(batch);
  }

  Scalar loss(const Parameters<Scalar>& parameters, const Batch<Scalar>& batch, Gradient<Scalar>& gradient) {
    forward(parameters, batch);
    const Scalar loss = losses_of(batch);
    backward(batch, gradient);
    return loss;
  }

 private:
  void forward(const Parameters<Scalar>& parameters, const Batch<Scalar>& batch) {
    const auto candidates = static_cast<Eigen::Index>(batch.candidates.size());
    hidden_ = parameters.hidden_bias.replicate(1, batch.size());
    each(batch.input_ends, batch.inputs, [&](Eigen::Index basket, const Entry<Scalar>& entry) {
      hidden_.col(basket) += entry.weight * parameters.in.col(batch.shown[entry.position]);
    });
    hidden_ = hidden_.array().tanh();
    fed_ = batch.dropout.size() == 0 ? hidden_ : hidden_.cwiseProduct(batch.dropout);
    out_.resize(parameters.out.rows(), candidates);
    bias_.resize(candidates);
    for (Eigen::Index c = 0; c < candidates; ++c) {
      out_.col(c) = parameters.out.col(batch.candidates[static_cast<std::size_t>(c)]);
      bias_[c] = parameters.out_bias[batch.candidates[static_cast<std::size_t>(c)]] - batch.log_chance[c];
    }
    logits_.noalias() = out_.transpose() * fed_;
    logits_.colwise() += bias_;
    each(batch.target_ends, batch.targets, [&](Eigen::Index basket, const Entry<Scalar>& entry) {
      logits_(entry.position, basket) += batch.log_chance[entry.position];
    });
  }

  /// Leaves the gradient by the logits in `logits_`.
  Scalar losses_of(const Batch<Scalar>& batch) {
    const Scalar per_basket = Scalar{1} / static_cast<Scalar>(batch.size());
    log_z_.resize(batch.size());
    weight_ = Vector<Scalar>::Zero(batch.size());
    for (Eigen::Index basket = 0; basket < batch.size(); ++basket) {
      const Scalar highest = logits_.col(basket).maxCoeff();
      log_z_[basket] = highest + std::log((logits_.col(basket).array() - highest).exp().sum());
    }
    Scalar loss = 0;
    each(batch.target_ends, batch.targets, [&](Eigen::Index basket, const Entry<Scalar>& entry) {
      loss += entry.weight * (log_z_[basket] - logits_(entry.position, basket));
      weight_[basket] += entry.weight;
    });
    for (Eigen::Index basket = 0; basket < batch.size(); ++basket) {
      logits_.col(basket) =
          (logits_.col(basket).array() - log_z_[basket]).exp() * (weight_[basket] * per_basket);
    }
    each(batch.target_ends, batch.targets, [&](Eigen::Index basket, const Entry<Scalar>& entry) {
      logits_(entry.position, basket) -= entry.weight * per_basket;
    });
    return loss * per_basket;
  }

  void backward(const Batch<Scalar>& batch, Gradient<Scalar>& gradient) {
    gradient.out.noalias() = fed_ * logits_.transpose();
    gradient.out_bias = logits_.rowwise().sum();
    fed_.noalias() = out_ * logits_;
    if (batch.dropout.size() != 0) fed_ = fed_.cwiseProduct(batch.dropout);
    fed_ = fed_.array() * (1 - hidden_.array().square());
    gradient.hidden_bias = fed_.rowwise().sum();
    gradient.in.setZero(fed_.rows(), static_cast<Eigen::Index>(batch.shown.size()));
    each(batch.input_ends, batch.inputs, [&](Eigen::Index basket, const Entry<Scalar>& entry) {
      gradient.in.col(entry.position) += entry.weight * fed_.col(basket);
    });
  }

  template <class Visit>
  static void each(const std::vector<std::uint32_t>& ends, const std::vector<Entry<Scalar>>& entries,
                   Visit visit) {
    std::size_t next = 0;
    for (std::size_t basket = 0; basket < ends.size(); ++basket) {
      for (; next < ends[basket]; ++next) visit(static_cast<Eigen::Index>(basket), entries[next]);
    }
  }

  Matrix<Scalar> hidden_, fed_, out_, logits_;
  Vector<Scalar> bias_, log_z_, weight_;
};

}  // namespace cloudcart::recommendation::neural
