import type { components } from './schema';

export type Schemas = components['schemas'];

export type Dashboard = Schemas['Dashboard'];
export type Period = Schemas['Period'];
export type Overview = Schemas['Overview'];
export type OverviewFigures = Schemas['OverviewFigures'];
export type SalesDay = Schemas['SalesDay'];
export type ProductSales = Schemas['ProductSales'];
export type StatusCount = Schemas['StatusCount'];
export type OrderStatus = Schemas['OrderStatus'];
export type RecentOrder = Schemas['RecentOrder'];
export type StreamOrder = Schemas['StreamOrder'];
export type AlertEvent = Schemas['AlertEvent'];
export type ModelStatus = Schemas['ModelStatus'];
export type PopularProducts = Schemas['PopularProductsAnswer']['data'];
export type SimilarProducts = Schemas['SimilarProductsAnswer']['data'];
export type Shop = Schemas['Shop'];
export type User = Schemas['User'];
export type SessionData = Schemas['Session'];
/** As it is asked: what has a default may be left out. */
export type AnalyticsQuery = Partial<Schemas['AnalyticsQuery']> & Pick<Schemas['AnalyticsQuery'], 'metrics'>;
export type AnalyticsTable = Schemas['AnalyticsQueryAnswer']['data'];
export type AnalyticsRow = AnalyticsTable['rows'][number];
export type HeatMap = Schemas['HeatMapAnswer']['data'];
export type Forecast = Schemas['ForecastAnswer']['data'];
export type UserActivity = Schemas['UserActivityAnswer']['data'];
export type Cohorts = Schemas['CohortsAnswer']['data'];
export type Segments = Schemas['SegmentsAnswer']['data'];
export type Account = Schemas['FoundUser'];
export type ProductReport = Schemas['ProductReportAnswer']['data'];
export type ProductReportRow = Schemas['ProductReportRow'];
export type BoughtTogether = Schemas['BoughtTogetherAnswer']['data'];
export type BoughtTogetherRow = Schemas['BoughtTogetherRow'];
export type Product = Schemas['Product'];
export type Stock = Schemas['StockAnswer']['data'];
export type StockMovement = Schemas['StockMovement'];
export type StockAdjusted = Schemas['StockAdjustedAnswer']['data'];
/** With its lines, which lists may leave out. */
export type Order = Schemas['OrderSummary'];
export type OrderList = Schemas['OrderListAnswer']['data'];
export type OrderEvent = Schemas['OrderEvent'];
export type Pagination = Schemas['Pagination'];
export type Alert = Schemas['Alert'];
export type AnalyticsSchema = Schemas['AnalyticsSchemaAnswer']['data'];
export type DeadLetters = Schemas['DeadLettersAnswer']['data'];
export type Rebuild = Schemas['RebuildAnswer']['data'];
export type Reason = Schemas['RecommendationReason'];
export type RecommendationList = Schemas['RecommendationList'];
export type Experiment = Schemas['Experiment'];
/** As it is sent: what has a default may be left out. */
export type ExperimentRequest = Schemas['ExperimentRequest'];
export type ExperimentReport = Schemas['ExperimentReportAnswer']['data'];
export type ExperimentFinding = Schemas['ExperimentVariantFinding'];
export type ExperimentMetric = Schemas['ExperimentMetric'];
export type Training = Schemas['TrainAnswer']['data'];
export type ModelQuality = Schemas['ModelQualityAnswer']['data'];
export type QualityOfTask = Schemas['QualityOfTask'];
